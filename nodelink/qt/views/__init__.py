"""The panels: one file each, one entry in VIEWS. A view never imports another."""

from __future__ import annotations

from nodelink.qt.view import View
from nodelink.qt.views.arithmetic import Arithmetic
from nodelink.qt.views.compare import Compare
from nodelink.qt.views.edges import Edges
from nodelink.qt.views.experiment import Experiment
from nodelink.qt.views.inspector import Inspector
from nodelink.qt.views.layers import Layers
from nodelink.qt.views.look import Look
from nodelink.qt.views.maps import Maps
from nodelink.qt.views.player import Player
from nodelink.qt.views.predictions import Predictions
from nodelink.qt.views.status import Status
from nodelink.qt.views.way_down import WayDown

VIEWS: dict[str, type[View]] = {
    "way": WayDown,
    "inspector": Inspector,
    "predictions": Predictions,
    "compare": Compare,
    "experiment": Experiment,
    "edges": Edges,
    "layers": Layers,
    "look": Look,
    "player": Player,
    "maps": Maps,
    "arithmetic": Arithmetic,
    "status": Status,
}
