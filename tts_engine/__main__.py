"""`python -m tts_engine`: see `tts_engine.cli`."""

import sys

from tts_engine.cli import main

sys.exit(main(sys.argv[1:]))
