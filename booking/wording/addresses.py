"""Where this site is, for links in mails."""

from flask import current_app


def site_url() -> str:
    """Where people reach this site; never taken from the request's Host."""
    configured: str = current_app.config["PUBLIC_URL"]
    return configured or f"http://127.0.0.1:{current_app.config['PORT']}"
