#!/bin/sh
# Runs Python 3.11 with the given arguments: the one named by PYTHON, else python3.11, else python3.
is_3_11() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; }

if [ -n "${PYTHON:-}" ]; then
    is_3_11 "$PYTHON" && exec "$PYTHON" "$@"
    echo "PYTHON names $PYTHON, which is not a Python 3.11." >&2
    exit 1
fi
for python in python3.11 python3; do
    is_3_11 "$python" && exec "$python" "$@"
done
echo "Python 3.11 is needed and was not found: install it (Debian: python3.11 and python3.11-venv)" \
    "or name it with PYTHON=/path/to/python3.11." >&2
exit 1
