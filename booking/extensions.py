"""Flask extensions, created unbound; `create_app` binds them. Nouns take `db` from the kernel."""

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from booking.kernel.db import db

babel = Babel()
csrf = CSRFProtect()
login = LoginManager()
migrate = Migrate()

__all__ = ["babel", "csrf", "db", "login", "migrate"]
