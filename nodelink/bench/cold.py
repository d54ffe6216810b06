"""Cold: the first picture of a fresh process."""

from __future__ import annotations

import time

from nodelink import load_network, samples
from nodelink.nn.preprocess import network_input, prepare, rasterize
from nodelink.settings import Settings


def first_frame(name: str, size: tuple[int, int]) -> float:
    """Seconds from here to the first finished frame of a network; to be called once, in a fresh process."""
    start = time.perf_counter()
    from nodelink.gl.measure import finish
    from nodelink.gl.render import offscreen, target

    network = load_network(name)
    scene = offscreen()
    scene.set_network(network)
    scene.apply(Settings())
    prepared = prepare(rasterize(samples.sample(7, 0)))
    scene.set_activations(network.forward(network_input(prepared, network.input_shape)))
    scene.draw_quick(size, 4000, 2)
    with target(size):
        scene.present(size)
    finish()
    return time.perf_counter() - start
