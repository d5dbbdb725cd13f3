"""The first five minutes: `make`, the interpreter, the lock file, the browser."""
