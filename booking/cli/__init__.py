"""Door: the command line, `flask --app wsgi <command>`."""

from flask import Flask

from booking.cli import backup, demo, doctor, people, serve, worker

COMMANDS = (
    serve.serve,
    demo.demo,
    people.user,
    people.token,
    worker.worker,
    worker.tick,
    doctor.doctor,
    backup.backup,
    backup.restore,
)


def register(app: Flask) -> None:
    """Hang the commands into the application."""
    for command in COMMANDS:
        app.cli.add_command(command)
