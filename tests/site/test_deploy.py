"""The compose file as documentation: each of its commands can be typed."""

from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from banso.cli.main import cli

ROOT = Path(__file__).parents[2]
COMPOSE = YAML(typ="safe").load((ROOT / "deploy" / "compose.yaml").read_bytes())
SERVICES = COMPOSE["services"]
OURS = sorted(name for name, each in SERVICES.items() if each["image"] == "banso")


def test_there_are_two_web_processes_a_worker_and_a_collector() -> None:
    assert OURS == ["collect", "web", "web-2", "worker"]
    ports = [port for name in OURS for port in SERVICES[name].get("ports", [])]
    assert len({port.rpartition(":")[0] for port in ports}) == len(ports)


@pytest.mark.parametrize("service", OURS)
def test_the_command_of_a_service_is_one_of_banso(service: str) -> None:
    name, *arguments = SERVICES[service]["command"]
    context = click.Context(cli)
    command = cli.get_command(context, name)
    assert command is not None

    with command.make_context(name, list(arguments), parent=context):
        pass  # an option that there is not has been refused


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_what_a_service_waits_for_tells_when_it_is_there(service: str) -> None:
    for other, how in SERVICES[service].get("depends_on", {}).items():
        assert how == {"condition": "service_healthy"}
        assert SERVICES[other]["healthcheck"]["test"][0] == "CMD"


def test_the_image_is_made_of_extras_that_there_are() -> None:
    lines = (ROOT / "deploy" / "Containerfile").read_text().splitlines()
    known = (ROOT / "pyproject.toml").read_text()
    (extras,) = [line.partition("=")[2] for line in lines if line.startswith("ARG ")]

    assert all(f"\n{extra} = [" in known for extra in extras.split(","))
    assert lines[-1] == 'ENTRYPOINT ["banso"]'
