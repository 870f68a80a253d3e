//! What the gate needs of package `gerbang-qr`: effort per frame, and a frame's reading.
