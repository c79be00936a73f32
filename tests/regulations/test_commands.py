"""`rules check` says what is wrong as file:line:column: message."""

from pathlib import Path

from typer.testing import CliRunner

from award.regulations.commands import app
from tests.regulations.samples import CRITERIA, SCHEME, spoilt


def check(*paths: Path) -> tuple[int, list[str]]:
    result = CliRunner().invoke(app, ["check", *map(str, paths)])
    return result.exit_code, result.output.splitlines()


def test_without_a_file_all_shipped_ones_are_checked() -> None:
    code, lines = check()
    assert code == 0
    assert len(lines) == 14
    assert any(line.endswith("gbt19580-2012.yaml: OK, 23 items, 1000 points") for line in lines)


def test_sound_files_of_both_sorts(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(CRITERIA, encoding="utf-8")
    assert check(file) == (0, [f"{file}: OK, 2 items, 100 points"])
    file.write_text(SCHEME, encoding="utf-8")
    code, lines = check(file)
    assert code == 0
    assert lines[0].startswith(f"{file}: OK, 10 stages, ")


def test_faults_are_listed_and_the_exit_code_is_1(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    text = spoilt(CRITERIA, "edition:", "editoin:")
    file.write_text(spoilt(text, "total: 100", "total: 90"), encoding="utf-8")
    code, lines = check(file)
    assert code == 1
    assert lines == [
        f"{file}:1:1: 'edition' is missing in this block; add it.",
        f"{file}:2:1: 'editoin' is not a key of this block; did you mean 'edition'?",
        f"{file}:4:8: The categories have 100 points together, but the total is 90; correct one of them.",
        f"{file}:51:3: The bands end at 100, but the total is 90; the last band must end at the total.",
    ]


def test_a_file_that_cannot_be_read_is_a_fault_too(tmp_path: Path) -> None:
    missing = tmp_path / "none.yaml"
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"key: \xff\xfe")
    code, lines = check(missing, binary)
    assert code == 1
    assert lines[0] == f"{missing}:1:1: The file cannot be read (No such file or directory); check the path."
    assert lines[1] == f"{binary}:1:1: Byte 6 is not UTF-8; save the file as UTF-8."


def test_a_sound_file_beside_a_faulty_one_does_not_hide_it(tmp_path: Path) -> None:
    sound, faulty = tmp_path / "small.yaml", tmp_path / "other.yaml"
    sound.write_text(CRITERIA, encoding="utf-8")
    faulty.write_text(CRITERIA, encoding="utf-8")
    code, lines = check(sound, faulty)
    assert code == 1
    assert lines[0].endswith("OK, 2 items, 100 points")
    assert lines[1].startswith(f"{faulty}:1:6: The key is 'small'")


def test_a_shipped_file_goes_by_its_name() -> None:
    done = CliRunner().invoke(app, ["check", "anhui-province", "efqm-2020"])
    assert done.exit_code == 0
    assert [one.partition(": ")[0].rpartition("/")[2] for one in done.stdout.splitlines()] == ["anhui-province.yaml", "efqm-2020.yaml"]
