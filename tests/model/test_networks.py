"""Networks in a setting."""

import pytest

from core.model.networks import networks, with_mapped


def test_addresses_and_networks_are_read_with_or_without_spaces():
    assert [str(one) for one in networks(" 10.0.0.0/8,192.0.2.7 , 2001:db8::/32,")] == [
        "10.0.0.0/8",
        "192.0.2.7/32",
        "2001:db8::/32",
    ]
    assert networks("") == ()


def test_an_address_inside_a_network_means_the_network():
    assert str(networks("10.1.2.3/8")[0]) == "10.0.0.0/8"


@pytest.mark.parametrize("text", ["*", "proxy.internal", "10.0.0.0/33", "10.0.0.1;10.0.0.2"])
def test_what_is_no_network_is_refused(text):
    with pytest.raises(ValueError, match="does not appear to be"):
        networks(text)


def test_ipv4_is_also_written_as_an_ipv6_socket_shows_it():
    four, six = networks("10.0.0.0/8, 2001:db8::/32")
    assert with_mapped(four) == ("10.0.0.0/8", "::ffff:10.0.0.0/104")
    assert with_mapped(six) == ("2001:db8::/32",)
