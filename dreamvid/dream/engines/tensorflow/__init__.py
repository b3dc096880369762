"""The engine on TensorFlow, which takes every network. TensorFlow and Keras are imported in this package alone."""
