//! The decoders by name, each as its makers would have it for QR codes of any kind.

use crate::Picture;
use gerbang_qr::{Effort, LumaFrame, Scanner};
use std::collections::HashSet;

/// Calls that a still may take, as in the command.
const SLICES_MAX: usize = 64;

/// One way to read a picture.
pub struct Peer {
    pub name: &'static str,
    read: Box<dyn FnMut(&Picture) -> HashSet<Vec<u8>>>,
}

impl Peer {
    /// Ours first, light and full; then the others.
    pub fn all() -> Vec<Self> {
        let (mut light, mut full) = (Scanner::new(), Scanner::new());
        vec![
            Self::new("light", move |picture| ours(&mut light, picture, Effort::Light)),
            Self::new("full", move |picture| ours(&mut full, picture, Effort::Hard)),
            Self::new("zxing-cpp", zxing_cpp),
            Self::new("rqrr", rqrr),
            Self::new("rxing", rxing),
        ]
    }

    fn new(name: &'static str, read: impl FnMut(&Picture) -> HashSet<Vec<u8>> + 'static) -> Self {
        Self { name, read: Box::new(read) }
    }

    /// The contents, each once.
    pub fn read(&mut self, picture: &Picture) -> HashSet<Vec<u8>> {
        (self.read)(picture)
    }
}

fn ours(scanner: &mut Scanner, picture: &Picture, effort: Effort) -> HashSet<Vec<u8>> {
    let Picture { luma, width, height } = picture;
    let frame = LumaFrame::new(luma, *width, *height, *width).expect("a picture");
    let mut read = HashSet::new();
    for _ in 0..SLICES_MAX {
        let scan = scanner.scan(frame, effort);
        read.extend(scan.codes.into_iter().map(|code| code.bytes));
        if effort == Effort::Light || !scan.pending {
            break;
        }
    }
    read
}

/// With its defaults: tries harder, rotated, inverted and reduced.
fn zxing_cpp(picture: &Picture) -> HashSet<Vec<u8>> {
    use zxingcpp::{BarcodeFormat, ImageFormat, ImageView};
    let Picture { luma, width, height } = picture;
    let view = ImageView::from_slice(luma, *width, *height, ImageFormat::Lum).expect("a picture");
    let codes = zxingcpp::read().formats(BarcodeFormat::QRCode).from(view).unwrap_or_default();
    codes.iter().filter(|code| code.is_valid()).map(|code| code.bytes()).collect()
}

fn rqrr(picture: &Picture) -> HashSet<Vec<u8>> {
    let Picture { luma, width, height } = picture;
    let at = |x: usize, y: usize| luma[y * width + x];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(*width, *height, at);
    let grids = prepared.detect_grids();
    let content = |grid: &rqrr::Grid<_>| {
        let mut bytes = Vec::new();
        grid.decode_to(&mut bytes).ok().map(|_| bytes)
    };
    grids.iter().filter_map(content).collect()
}

fn rxing(picture: &Picture) -> HashSet<Vec<u8>> {
    let Picture { luma, width, height } = picture;
    let side = |pixels: usize| u32::try_from(pixels).expect("a picture");
    let read = rxing::helpers::detect_multiple_in_luma(luma.clone(), side(*width), side(*height));
    read.unwrap_or_default().iter().map(|code| code.getText().as_bytes().to_vec()).collect()
}
