// @ts-check
/** While something is dragged near an edge of the timeline, what lies beyond comes into view. */

const EDGE = 44;
const FASTEST = 16;

/** How far to scroll in one frame: the nearer to the edge, the farther. */
const pull = (/** @type {number} */ at, /** @type {number} */ low, /** @type {number} */ high) => {
  if (at < low + EDGE) return -Math.min((low + EDGE - at) / EDGE, 1) * FASTEST;
  return at > high - EDGE ? Math.min((at - high + EDGE) / EDGE, 1) * FASTEST : 0;
};

export class Autoscroll {
  /**
   * @param {import("./timeline.js").Timeline} timeline
   * @param {(event: PointerEvent) => void} moved what lies under the resting pointer is another
   */
  constructor(timeline, moved) {
    this.root = timeline.root;
    this.head = timeline.head;
    this.moved = moved;
    this.frame = 0;
  }

  /** @param {PointerEvent} event the latest place of the pointer */
  follow(event) {
    this.event = event;
    this.frame ||= requestAnimationFrame(() => this.step());
  }

  step() {
    this.frame = 0;
    const box = this.root.getBoundingClientRect();
    const label = this.head.firstElementChild?.getBoundingClientRect().width ?? 0;
    const { clientX, clientY } = this.event;
    const right = pull(clientX, box.left + label, box.right);
    const down = pull(clientY, box.top + this.head.offsetHeight, box.bottom);
    const before = this.root.scrollLeft + this.root.scrollTop;
    if (right || down) this.root.scrollBy(right, down);
    if (this.root.scrollLeft + this.root.scrollTop === before) return;
    this.moved(this.event);
    this.frame ||= requestAnimationFrame(() => this.step());
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }
}
