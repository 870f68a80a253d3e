//! Frames as a Y4M file, which Chromium plays as its fake camera.

use super::Picture;
use std::io::{self, Write};

/// Grey, 30 frames a second; all frames of one even size.
pub fn write(out: &mut impl Write, frames: impl Iterator<Item = Picture>) -> io::Result<()> {
    let mut chroma = Vec::new();
    for (at, frame) in frames.enumerate() {
        let Picture { luma, width, height } = frame;
        if at == 0 {
            writeln!(out, "YUV4MPEG2 W{width} H{height} F30:1 Ip A1:1 C420jpeg")?;
            chroma = vec![128; width.div_ceil(2) * height.div_ceil(2) * 2];
        }
        out.write_all(b"FRAME\n")?;
        out.write_all(&luma)?;
        out.write_all(&chroma)?;
    }
    out.flush()
}
