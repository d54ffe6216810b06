"""Mouse and keys for the tests."""

from __future__ import annotations

from typing import Any

from PyQt6.QtTest import QTest

HAND: Any = QTest  # PyQt6's type stubs take its static methods for ordinary ones
