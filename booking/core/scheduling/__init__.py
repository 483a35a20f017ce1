"""Time and turn: intervals, wall clocks, opening hours, ranks, alternatives."""
