#!/bin/sh
# Everything but the tests: format, lint, types, import directions, dependencies, docs, licences.
set -e
ruff format --check .
ruff check .
mypy
lint-imports --no-cache
deptry .
python -m docs.generate --check
python -m tests.licences
