"""How many random examples a costly test takes: few in each run, all with `make thorough`."""

import hypothesis


def examples(many):
    """A third, unless pytest was started with `--hypothesis-profile=thorough`."""
    thorough = hypothesis.settings.get_current_profile_name() == "thorough"
    return many if thorough else many // 3
