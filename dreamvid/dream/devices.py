"""What TensorFlow computes on."""

import tensorflow as tf


def devices() -> list[str]:
    """The processors and accelerators in use, each in words."""
    found = [device for device in tf.config.list_physical_devices() if device.device_type != "CPU"]
    names = [str(tf.config.experimental.get_device_details(device).get("device_name", device.name)) for device in found]
    return [*names, "CPU"]
