"""The engine on OpenVINO, for the embedded network on processors. OpenVINO is imported in this package alone."""

import sys

if "openvino" not in sys.modules:
    # Its converter, which is not needed here, reports over the internet that it was imported. OpenVINO does without it.
    sys.modules["openvino.tools.ovc"] = None  # pyright: ignore[reportArgumentType]
    try:
        import openvino as openvino
    finally:
        del sys.modules["openvino.tools.ovc"]
