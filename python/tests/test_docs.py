"""The Python of docs/ and of the notebooks, run as it stands."""

import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PAGES = ["python.md", "from-ultralytics.md"]
NOTEBOOKS = sorted((ROOT / "python" / "examples").glob("*.ipynb"))


@pytest.fixture
def folder(tmp_path, monkeypatch, program):
    monkeypatch.setenv("SACCADE_MODEL", "synthetic")
    for name, scene in {"street": "seed=1", "yard": "seed=2&width=640&height=480"}.items():
        subprocess.run(
            [
                program,
                "track",
                f"synthetic:frames=20&{scene}",
                "--save",
                "video",
                "--out",
                tmp_path / name,
                "-q",
            ],
            check=True,
        )
        [made] = (tmp_path / name).glob("*.mp4")
        made.rename(tmp_path / f"{name}.mp4")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_blocks_of_the_pages_run(page, folder):
    blocks = re.findall(
        r"^```python run\n(.*?)^```$", (ROOT / "docs" / page).read_text(), re.M | re.S
    )
    assert blocks
    names = {}
    for number, block in enumerate(blocks):
        exec(compile(block, f"{page}, block {number + 1}", "exec"), names)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run(notebook, folder):
    """In a kernel of its own, as people's do; nothing but the cells' own asserts says what is right."""
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    book = nbformat.read(notebook, as_version=4)
    assert any(cell.cell_type == "code" for cell in book.cells)
    client = nbclient.NotebookClient(
        book, timeout=300, resources={"metadata": {"path": str(folder)}}
    )
    client.execute()  # (raises with the cell and its error)


def test_every_way_out_of_ultralytics_names_is_on_the_page():
    from saccade._words import _OTHER_WAYS

    page = (ROOT / "docs" / "from-ultralytics.md").read_text()
    for name in (
        "persist",
        "show",
        "save_txt",
        "save_crop",
        "stream_buffer",
        "augment",
        "agnostic_nms",
        "project",
    ):
        assert name in _OTHER_WAYS and name in page
