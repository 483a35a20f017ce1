// @ts-check
/**
 * The page with a form that was refused is the answer to a POST: on reload and on Back the browser
 * would ask to send it once more. It takes the place of the page that the form is on instead, and
 * what was typed is put back when somebody returns there.
 */

const SENT_FROM = "sent-from";
const NEVER_KEPT = ["password", "file"];

export function surviveReturning() {
  document.addEventListener("submit", () => {
    sessionStorage.setItem(SENT_FROM, location.pathname + location.search);
  });
  if ("posted" in document.documentElement.dataset) takeItsPlace();
  else putBack(history.state);
}

function takeItsPlace() {
  const from = sessionStorage.getItem(SENT_FROM);
  if (!from) return;
  const [action, form] = [location.href, formTo(location.href)];
  history.replaceState({ action, typed: form ? typedIn(form) : [] }, "", from);
}

/** @param {{action?: string, typed?: [string, string][]} | null} state */
function putBack(state) {
  const form = state?.action && formTo(state.action);
  if (form && state.typed?.length) fill(form, state.typed);
}

/** The form that is sent to an address. @param {string} address */
function formTo(address) {
  const sends = (form) => new URL(form.getAttribute("action") ?? "", location.href).href;
  return [...document.forms].find((form) => form.method === "post" && sends(form) === address);
}

const kept = (field) => field.name && field.name !== "csrf_token"
  && !NEVER_KEPT.includes(field.type);

/** @param {HTMLFormElement} form @returns {[string, string][]} */
function typedIn(form) {
  const names = new Set([...form.elements].filter(kept).map((field) => field.name));
  return [...new FormData(form)]
    .filter(([name]) => names.has(name)).map(([name, value]) => [name, String(value)]);
}

/** @param {HTMLFormElement} form @param {[string, string][]} typed */
function fill(form, typed) {
  const given = new Map(typed.map(([name]) => [name, []]));
  for (const [name, value] of typed) given.get(name).push(value);
  for (const field of [...form.elements].filter(kept)) put(field, given.get(field.name) ?? []);
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Puts values into a field; of several fields of one name each takes the next. */
function put(field, values) {
  if (field.type === "checkbox" || field.type === "radio") {
    field.checked = values.includes(field.value);
  } else if (field.multiple) {
    for (const option of field.options) option.selected = values.includes(option.value);
  } else if (values.length) {
    const value = values.shift();
    if (field.value !== value) field.closest("details")?.setAttribute("open", "");
    field.value = value;
  }
}
