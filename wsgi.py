"""The application for a WSGI server and for `flask --app wsgi`."""

import gc
import sys

from booking import create_app
from config import ConfigError

EX_CONFIG = 78

try:
    app = create_app()
except ConfigError as error:
    print(f"The booking system does not start:\n{error}", file=sys.stderr)
    sys.exit(EX_CONFIG)

gc.collect()
gc.freeze()  # what is loaded stays: a full collection need not look through it, for 0.1 seconds
