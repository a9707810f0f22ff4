"""The sample spin: a ray-traced car on a turntable, photographed from all sides."""
