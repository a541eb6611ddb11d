from pathlib import Path

import pytest

from infra.local.data_folder import DataFolderInUseError, claimed_data_folder


def test_one_stack_at_a_time_uses_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    with claimed_data_folder(folder):
        assert folder.stat().st_mode & 0o077 == 0
        with pytest.raises(DataFolderInUseError), claimed_data_folder(folder):
            pass
    with claimed_data_folder(folder):
        pass
