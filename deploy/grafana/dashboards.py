#!/usr/bin/env python3
"""Writes Grafana's dashboards beside itself; what each panel asks of Prometheus stands here once.

usage: dashboards.py [FOLDER]      (needs what requirements.txt names; tests/operate/dashboards_test runs it)
"""
import os
import sys

from grafana_foundation_sdk.builders import dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import DataSourceRef

SOURCE = DataSourceRef(type_val="prometheus", uid="${source}")
BAD = 'code=~"INTERNAL|UNKNOWN|DATA_LOSS|UNAVAILABLE|DEADLINE_EXCEEDED"'
RATE = "$__rate_interval"


def panel(kind, title, description, unit, *queries, width=8, height=7):
    """A panel of (legend, query) pairs."""
    result = kind.Panel().title(title).description(description).unit(unit).datasource(SOURCE)
    result = result.span(width).height(height)
    for index, (legend, expression) in enumerate(queries):
        query = prometheus.Dataquery().expr(expression).legend_format(legend).ref_id(chr(ord("A") + index))
        result = result.with_target(query)
    return result


def number(title, description, unit, expression):
    return panel(stat, title, description, unit, ("", expression), width=6, height=4)


def lines(title, description, unit, *queries):
    return panel(timeseries, title, description, unit, *queries)


def page(uid, title, *rows):
    """A dashboard of (heading, panels) rows; each variable that a query names is offered."""
    result = (dashboard.Dashboard(title).uid(uid).tags(["tremplin"]).refresh("30s").time("now-3h", "now").editable()
              .with_variable(dashboard.DatasourceVariable("source").label("Prometheus").type("prometheus")))
    if uid == "tremplin-service":
        result = result.with_variable(
            dashboard.QueryVariable("service").label("Service").datasource(SOURCE)
            .query("label_values(tremplin_events_applied_total, service)"))
    for heading, panels in rows:
        result = result.with_row(dashboard.Row(heading))
        for each in panels:
            result = result.with_panel(each)
    return result


def operations():
    return page(
        "tremplin-operations", "Tremplin · operations",
        ("Is it up, does it answer?", [
            number("Processes up", "Of those that Prometheus knows.", "none", 'sum(up{job="tremplin"})'),
            number("Calls", "Answered, of every method.", "reqps", f"sum(rate(tremplin_rpc_requests_total[{RATE}]))"),
            number("Failed by a fault of ours", "Objective: 0.1 % of 30 days.", "percentunit",
                   f"(sum(rate(tremplin_rpc_requests_total{{{BAD}}}[{RATE}])) or vector(0)) / "
                   f"sum(rate(tremplin_rpc_requests_total[{RATE}]))"),
            number("Slower than half a second", "Objective: 1 % of 30 days.", "percentunit",
                   f'1 - sum(rate(tremplin_rpc_latency_seconds_bucket{{le="0.5"}}[{RATE}])) / '
                   f"sum(rate(tremplin_rpc_latency_seconds_count[{RATE}]))"),
            lines("Calls by code", "What callers do wrong stands beside what fails here.", "reqps",
                  ("{{code}}", f"sum by (code) (rate(tremplin_rpc_requests_total[{RATE}]))")),
            lines("Time to an answer", "Of all methods.", "s",
                  *((name, f"histogram_quantile({share}, sum by (le) (rate(tremplin_rpc_latency_seconds_bucket[{RATE}])))")
                    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)))),
            lines("Calls in flight", "Being served at the moment.", "none",
                  ("{{instance}}", "tremplin_rpc_in_flight_calls")),
        ]),
        ("Does it keep up?", [
            lines("Oldest event not yet published", "Alert at 30 s.", "s",
                  ("{{service}}", "max by (service) (tremplin_outbox_oldest_age_seconds)")),
            lines("Events waiting for a consumer", "Every member of a group tells the same.", "none",
                  ("{{service}}", "max by (service) (tremplin_consumer_lag_events)")),
            lines("Dead letters", "Each holds up what follows it.", "none",
                  ("{{service}}", "max by (service) (tremplin_dead_letters)")),
            lines("Timers late", "The most overdue, in business time.", "s",
                  ("{{service}}", "max by (service) (tremplin_timer_lateness_seconds)")),
            lines("Commit, p99", "The disk or the database.", "s", ("{{service}}", "service:tremplin_lane_commit_seconds:p99")),
            lines("Needs somebody", "Services whose store is full, whom a server refuses, or of which a part has stopped.", "none",
                  ("disk full", "sum(max by (service) (tremplin_disk_full))"),
                  ("refused", "sum(max by (service) (tremplin_server_refuses))"),
                  ("stopped", "sum(max by (service) (tremplin_stopped))")),
            lines("Disk left", "Of the embedded store.", "bytes", ("{{instance}}", "tremplin_store_free_bytes")),
        ]),
    )


def service():
    mine = '{service="$service"}'
    method = 'method=~"tremplin[.]$service[.].*"'
    return page(
        "tremplin-service", "Tremplin · one service",
        ("Calls", [
            lines("Calls by method", "", "reqps",
                  ("{{method}}", f"sum by (method) (rate(tremplin_rpc_requests_total{{{method}}}[{RATE}]))")),
            lines("Time to an answer, p99", "By method.", "s",
                  ("{{method}}", "histogram_quantile(0.99, sum by (method, le) "
                                 f"(rate(tremplin_rpc_latency_seconds_bucket{{{method}}}[{RATE}])))")),
            lines("Cache", "Look-ups, by what they found.", "ops",
                  ("{{result}}", f"sum by (result) (rate(tremplin_cache_lookups_total{mine}[{RATE}]))")),
        ]),
        ("Events", [
            lines("Applied", "Events that had their effect here.", "ops",
                  ("applied", f"sum(rate(tremplin_events_applied_total{mine}[{RATE}]))"),
                  ("came again", f"sum(rate(tremplin_event_redeliveries_total{mine}[{RATE}]))"),
                  ("of no concern", f"sum(rate(tremplin_events_skipped_total{mine}[{RATE}]))")),
            lines("Waiting", "", "none", ("to be read", f"max(tremplin_consumer_lag_events{mine})"),
                  ("to be published", f"max(tremplin_outbox_backlog_events{mine})")),
            lines("Failed", "", "none", ("dead letters", f"max(tremplin_dead_letters{mine})"),
                  ("pauses in an outage", f"sum(increase(tremplin_consumer_pauses_total{mine}[{RATE}]))")),
        ]),
    )


def pipeline():
    return page(
        "tremplin-pipeline", "Tremplin · events",
        ("From fact to effect", [
            lines("Done with, by topic", "", "ops",
                  ("{{topic}} → {{service}}", f"sum by (topic, service) (rate(tremplin_consumer_events_total[{RATE}]))")),
            lines("Waiting, by partition", "One that stays while others move is stuck.", "none",
                  ("{{service}} {{topic}}/{{partition}}",
                   "max by (service, topic, partition) (tremplin_consumer_partition_lag_events)")),
            lines("Time the waiting events will take", "At the pace of the last minutes.", "s",
                  ("{{service}}", "service:tremplin_consumer_lag:seconds")),
        ]),
        ("Writes", [
            lines("Waiting for the lane, p95", "Alert at 128.", "none",
                  ("{{service}}", "service:tremplin_lane_depth_writes:p95")),
            lines("Committed together, mean", "One flush serves so many.", "none",
                  ("{{service}}", f"sum by (service) (rate(tremplin_lane_batch_writes_sum[{RATE}])) / "
                                  f"sum by (service) (rate(tremplin_lane_batch_writes_count[{RATE}]))")),
            lines("Commits", "", "ops",
                  ("{{service}}", f"sum by (service) (rate(tremplin_lane_commit_seconds_count[{RATE}]))")),
        ]),
    )


def programs():
    return page(
        "tremplin-programs", "Tremplin · programs and agencies",
        ("Who waits for an answer?", [
            lines("Referrals waiting, by agency", "", "none",
                  ("{{agency}} → {{program}}", "max by (program, agency) (tremplin_referrals_waiting)")),
            lines("The oldest of them, by agency", "Ticket at ten days.", "s",
                  ("{{agency}} → {{program}}", "max by (program, agency) (tremplin_referrals_waiting_oldest_seconds)")),
            lines("What agencies and programs ask of referral", "", "ops",
                  ("{{method}}", "sum by (method) "
                                 f'(rate(tremplin_rpc_requests_total{{method=~"tremplin[.]referral[.].*"}}[{RATE}]))')),
        ]),
        ("Mentoring and what came of it", [
            lines("At risk, by format", "By the last review.", "none",
                  ("{{program}} {{format}}", "max by (program, format) (tremplin_engagements_at_risk) or vector(0)")),
            lines("Reviews overdue, by format", "", "none",
                  ("{{program}} {{format}}", "max by (program, format) (tremplin_reviews_overdue) or vector(0)")),
            lines("Follow-ups open, by stage", "", "none",
                  ("{{program}} {{stage}}", "max by (program, stage) (tremplin_follow_ups_open) or vector(0)")),
        ]),
    )


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    for each in (operations(), service(), pipeline(), programs()):
        built = each.build()
        with open(os.path.join(folder, built.uid + ".json"), "w", encoding="utf-8") as file:
            file.write(JSONEncoder(sort_keys=True, indent=1).encode(built) + "\n")


main()
