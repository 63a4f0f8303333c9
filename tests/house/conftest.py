import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from tree import Tree  # noqa: E402


@pytest.fixture(scope="session")
def checkout() -> Tree:
    return Tree(Path(__file__).resolve().parents[2])


@pytest.fixture
def sketch(tmp_path):
    """Makes a small tree from {path: content}."""

    def make(files: dict[str, str | bytes]) -> Tree:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Tree(tmp_path)

    return make
