//! The browser program: page and worker are the same binary.

fn main() {
    gerbang::browser::run();
}
