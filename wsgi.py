"""The application for a WSGI server and for `flask --app wsgi`."""

import sys

from booking import create_app
from booking.kernel import memory
from config import ConfigError

EX_CONFIG = 78

try:
    app = create_app()
except ConfigError as error:
    print(f"The booking system does not start:\n{error}", file=sys.stderr)
    sys.exit(EX_CONFIG)

memory.settle()
