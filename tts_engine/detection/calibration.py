"""From logits to shares and answers, on people and pieces that training does not hear.

Platt's scaling (1999) with both classes weighing the same; then the share from which on a machine is said to speak,
which a third of the people who may be called one reach in calibration, and the share below which a person is.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from tts_engine.detection.config import DetectorConfig

Array = NDArray[np.float64]

MACHINES_CALLED_PEOPLE = 0.05
PEOPLE_CALLED_MACHINES = 0.003  # 0.01 are allowed among others, who sound otherwise


def equal_error_rate(people: Array, machines: Array) -> float:
    """Share of errors where as many people are called machines as machines people; higher scores are machines'."""
    scores = np.concatenate([people, machines])
    order = np.argsort(scores, kind="stable")
    machine = np.concatenate([np.zeros(len(people)), np.ones(len(machines))])[order]
    missed = np.concatenate([[0.0], np.cumsum(machine)]) / len(machines)
    alarms = 1.0 - np.concatenate([[0.0], np.cumsum(1.0 - machine)]) / len(people)
    # between two equal scores no threshold can be set
    sorted_scores = scores[order]
    possible = np.concatenate([[True], sorted_scores[1:] > sorted_scores[:-1], [True]])
    nearest = np.argmin(np.where(possible, np.abs(missed - alarms), np.inf))
    return float((missed[nearest] + alarms[nearest]) / 2)


def calibrated(config: DetectorConfig, people: Array, machines: Array) -> DetectorConfig:
    """The config with slope, offset and limits for these logits."""
    logits = np.concatenate([people, machines])
    target = np.concatenate([np.zeros(len(people)), np.ones(len(machines))])
    weight = np.concatenate(
        [np.full(len(people), 0.5 / len(people)), np.full(len(machines), 0.5 / len(machines))]
    )

    def cost(parameters: Array) -> float:
        scaled = parameters[0] * logits + parameters[1]
        return float(np.sum(weight * (np.logaddexp(0.0, scaled) - target * scaled)))

    slope, offset = minimize(cost, np.array([1.0, 0.0]), bounds=[(0.05, 20.0), (-20.0, 20.0)]).x
    machine_from = np.quantile(people, 1 - PEOPLE_CALLED_MACHINES, method="higher") + 1e-3
    person_below = min(float(np.quantile(machines, MACHINES_CALLED_PEOPLE)), float(machine_from))
    shares = 1.0 / (1.0 + np.exp(-(slope * np.array([machine_from, person_below]) + offset)))
    return dataclasses.replace(
        config,
        slope=round(float(slope), 4),
        offset=round(float(offset), 4),
        machine_from=round(float(shares[0]), 4),
        person_below=round(min(0.5, float(shares[1])), 4),
    )
