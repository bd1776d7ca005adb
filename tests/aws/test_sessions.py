"""Sessions: own keys, descriptions of the services in common."""

from core.aws.sessions import new_session


def test_two_sessions_keep_their_own_keys():
    first, second = new_session("us-east-1", "one", "a"), new_session("eu-west-1", "two", "b")
    assert [s.get_credentials().access_key for s in (first, second)] == ["one", "two"]
    assert [s.region_name for s in (first, second)] == ["us-east-1", "eu-west-1"]


def test_what_a_service_looks_like_is_held_once_for_all_sessions():
    first, second = new_session("us-east-1", "one", "a"), new_session("eu-west-1", "two", "b")
    models = [s._session.get_service_data("sts") for s in (first, second)]
    assert models[0] is models[1]


def test_descriptions_of_the_machine_s_own_folder_are_found(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    loader = new_session("us-east-1", "one", "a")._session.get_component("data_loader")
    assert str(tmp_path) in loader.search_paths
