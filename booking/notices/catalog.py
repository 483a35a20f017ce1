"""The mails that the product writes: one folder of templates and one line here for each.

`templates/mail/<event>/{subject.txt,body.txt,body.html}` are rendered in the recipient's language.
Subjects name bookings by number and facilities by name, never titles: administrators read them in
the list of outgoing mails, and phones show them on locked screens.
"""

EVENTS = frozenset({"invitation", "password_changed", "password_reset"})
