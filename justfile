# Every chore is a plain command; `just` only gives them names. Without just, type the command.

# List the chores.
default:
    @just --list

# Every check: lint, types, layers, templates, reference, tests.
check *arguments:
    ./check {{arguments}}

# Every check but the tests in a browser.
fast:
    ./check --fast

# Lay the code out as the checks want it.
format:
    .venv/bin/ruff format . banso check
    .venv/bin/ruff check --fix . banso check
    .venv/bin/djlint src --reformat --quiet

# Write docs/reference anew from the code.
reference:
    .venv/bin/python tools/reference.py

# Try it on an example company.
demo *arguments:
    ./banso demo {{arguments}}

# What runs on the server after each push.
ci:
    .ci/run
