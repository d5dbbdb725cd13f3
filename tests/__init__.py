"""Tests of programs, of pages about them, and of the site."""

import pytest

# What an assertion of theirs compares is told, too.
pytest.register_assert_rewrite("tests.contracts", "tests.stories", "tests.users")
