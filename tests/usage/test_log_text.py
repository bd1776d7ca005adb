from core.model.traffic import LogProblem, LogsRead
from core.usage.log_text import warnings


def test_a_copy_is_no_warning_and_a_damaged_file_is():
    same = LogProblem(file="b.gz", problem="same", detail="It has the content of a.gz.")
    cut = LogProblem(file="c.gz", problem="truncated", detail="It ends early.")
    assert list(warnings(LogsRead(problems=(same, cut)))) == ["c.gz: truncated: It ends early."]
