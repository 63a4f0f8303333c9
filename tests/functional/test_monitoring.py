"""The alert rules are right, and they and the dashboard speak of series that a server really exports."""

import json
import pathlib
import re
import subprocess

import pytest

from support.freshet import CHEAP_PASSWORDS, wait_until

DEPLOY = pathlib.Path(__file__).parents[2] / "deploy"
SELECTOR = re.compile(r"\b(freshet_\w+)(?:\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"([^\"]*)\"")


def promtool(*arguments):
    done = subprocess.run(["promtool", *arguments], cwd=DEPLOY / "prometheus", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_are_well_formed():
    promtool("check", "rules", "alerts.yml")


def test_each_rule_fires_when_it_should_and_only_then():
    promtool("test", "rules", "alerts_test.yml")
    rules = re.findall(r"alert: (\w+)", (DEPLOY / "prometheus" / "alerts.yml").read_text())
    tried = (DEPLOY / "prometheus" / "alerts_test.yml").read_text()
    assert rules
    for rule in rules:
        assert f"alertname: {rule}}}" in tried, f"{rule} must be seen silent"
        assert f'alertname="{rule}"' in tried, f"{rule} must be seen firing"


def alert_expressions():
    text = (DEPLOY / "prometheus" / "alerts.yml").read_text()
    return [line for line in text.splitlines() if not line.lstrip().startswith(("#", "summary:", "action:"))]


def dashboard_expressions():
    dashboard = json.loads((DEPLOY / "grafana" / "freshet.json").read_text())
    targets = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    return targets + [variable["query"] for variable in dashboard["templating"]["list"]]


@pytest.fixture
def exported(start):
    """name -> the sets of labels of its series"""
    server = start({**CHEAP_PASSWORDS, "push.contact": "mailto:push@example.org"})  # what calls other programs
    ana = server.sign_up("ana")
    ana.post("hello")
    ana.get("/v1/feed")

    def read():
        text = server.anybody().call("GET", "/metrics").body.decode()
        series = {}
        for line in text.splitlines():
            if match := re.match(r"(freshet_\w+)(?:\{(.*)\})? ", line):
                series.setdefault(match[1], []).append(dict(re.findall(r'(\w+)="([^"]*)"', match[2] or "")))
        return "freshet_data_free_bytes" in series and series

    return wait_until(read, "the disk to be measured")


def unknown(expressions, exported):
    found = []
    for expression in expressions:
        for name, labels in SELECTOR.findall(expression):
            if name not in exported:
                found.append(name)
                continue
            for label, value in LABEL.findall(labels):
                if label == "instance":  # Prometheus adds it
                    continue
                values = {series.get(label) for series in exported[name]} - {None}
                # A value with which nothing is selected would silence a rule for good.
                if not values or (re.fullmatch(r"[\w ./]+", value) and value not in values and label not in ("route", "status")):
                    found.append(f'{name}{{{label}="{value}"}}')
    return found


def test_every_series_of_a_rule_is_exported(exported):
    assert any("freshet_" in line for line in alert_expressions())
    assert unknown(alert_expressions(), exported) == []


def test_every_series_of_the_dashboard_is_exported(exported):
    assert len(dashboard_expressions()) > 10
    assert unknown(dashboard_expressions(), exported) == []


def test_a_series_or_label_that_is_not_exported_is_found(exported):
    wrong = ["freshet_wrong_total", 'freshet_outbox_pending{colour="red"}', 'freshet_feed_rung_total{rung="ladder"}']
    assert len(unknown(wrong, exported)) == 3
