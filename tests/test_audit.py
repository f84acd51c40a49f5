"""The benches' audit of files: what no row tells of must be explained by its own job."""

from benchmarks.audit import files_audit

ONCE, TWICE = "0a000000-0000-0000-0000-000000000001", "0b000000-0000-0000-0000-000000000002"
ATTEMPTS = {ONCE: 1, TWICE: 2}


def name_of(job, file):
    return f"results/{job[:2]}/{job}/{file}"


def audit(media, *, there, told):
    for name in there:
        (media / name).parent.mkdir(parents=True, exist_ok=True)
        (media / name).write_bytes(b"sound")
    return files_audit(media, set(told), ATTEMPTS)


def test_files_that_rows_tell_of_need_no_word(tmp_path):
    told = [name_of(ONCE, "1.mp3"), name_of(TWICE, "2.mp3")]
    files = audit(tmp_path, there=told, told=told)
    assert (files.missing, files.left, files.strange) == ([], [], [])


def test_a_killed_attempt_explains_a_file_of_its_own_job_alone(tmp_path):
    told = [name_of(ONCE, "1.mp3"), name_of(TWICE, "2.mp3")]
    left = [name_of(TWICE, "1.mp3"), name_of(TWICE, "1.mp3.abcd.partial")]
    strange = [name_of(ONCE, "1.wav"), name_of(ONCE, "2.mp3"), name_of("0c-unknown", "1.mp3")]
    files = audit(tmp_path, there=[*told, *left, *strange], told=told)
    assert sorted(files.left) == sorted(left)
    assert sorted(files.strange) == sorted(strange)


def test_the_last_attempt_of_a_job_tried_again_explains_nothing(tmp_path):
    told = [name_of(TWICE, "1.mp3")]
    files = audit(tmp_path, there=[*told, name_of(TWICE, "2.mp3")], told=told)
    assert files.strange == [name_of(TWICE, "2.mp3")]


def test_a_row_without_its_file_is_missing(tmp_path):
    assert audit(tmp_path, there=[], told=[name_of(ONCE, "1.mp3")]).missing
