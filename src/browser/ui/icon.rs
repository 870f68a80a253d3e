//! Line icons, 24 by 24, in the colour of the text beside them; they never carry a meaning alone.

use yew::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Back,
    Bright,
    Camera,
    ChangeCamera,
    Chain,
    Check,
    Clock,
    Closer,
    Close,
    Code,
    Dots,
    Enter,
    Exit,
    Farther,
    Flag,
    Help,
    IdCard,
    Language,
    List,
    Menu,
    Next,
    NoCode,
    Offline,
    Person,
    Picture,
    Place,
    Search,
    Share,
    Sound,
    Speak,
    Store,
    Torch,
    Undo,
    Vibrate,
    Warn,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Back => "M14 5l-7 7 7 7",
            Self::Bright => {
                "M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8z M12 2.5v2 M12 19.5v2 M2.5 12h2 M19.5 12h2 M5.3 5.3l1.4 1.4 M17.3 17.3l1.4 1.4 M5.3 18.7l1.4-1.4 M17.3 6.7l1.4-1.4"
            }
            Self::Camera => {
                "M3 7h4l2-3h6l2 3h4v13H3z M12 10a3.3 3.3 0 1 0 0 6.6a3.3 3.3 0 0 0 0-6.6z"
            }
            Self::ChangeCamera => {
                "M3 7h4l2-3h6l2 3h4v13H3z M8 11.8h7.5 M13.5 9.5l2.3 2.3 M16 15.6H8.5 M10.5 17.9l-2.3-2.3"
            }
            Self::Chain => "M10 8H7a4 4 0 0 0 0 8h3 M14 8h3a4 4 0 0 1 0 8h-3 M8.5 12h7",
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Clock => "M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16z M12 8v4.5l3 2",
            Self::Closer => {
                "M4 9V4h5 M20 9V4h-5 M4 15v5h5 M20 15v5h-5 M9 9l-5-5 M15 9l5-5 M9 15l-5 5 M15 15l5 5"
            }
            Self::Close => "M6 6l12 12 M18 6L6 18",
            Self::Code => {
                "M4 4h6v6H4z M14 4h6v6h-6z M4 14h6v6H4z M14 14h2v2h-2z M18 14h2v2h-2z M14 18h2v2h-2z M18 18h2v2h-2z"
            }
            Self::Dots => "M12 5.5v.4 M12 11.8v.4 M12 18.1v.4",
            Self::Enter => "M13 4h6v16h-6 M4 12h10 M10 8l4 4-4 4",
            Self::Exit => "M11 4H5v16h6 M9 12h11 M16 8l4 4-4 4",
            Self::Farther => {
                "M9 4v5H4 M15 4v5h5 M9 20v-5H4 M15 20v-5h5 M4 4l5 5 M20 4l-5 5 M4 20l5-5 M20 20l-5-5"
            }
            Self::Flag => "M6 21V4h12l-3 4.5 3 4.5H6",
            Self::Help => {
                "M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16z M9.7 9.8c0-1.4 1-2.3 2.3-2.3s2.3.9 2.3 2.1c0 1.7-2.3 1.8-2.3 3.6 M12 15.8v.4"
            }
            Self::IdCard => {
                "M3 6h18v12H3z M8.5 9.5a1.8 1.8 0 1 0 0 3.6a1.8 1.8 0 0 0 0-3.6z M5.5 16c.4-1.3 1.5-2 3-2s2.6.7 3 2 M14 10.5h4.5 M14 13.5h4.5"
            }
            Self::Language => {
                "M4 6h9 M8.5 4v2 M11 6c-.6 4-3 7-6.5 8.5 M6 9c1 2.5 3 4.5 6 5.5 M12.5 20l4-10 4 10 M14 16.5h5"
            }
            Self::List => "M5 4h14v16H5z M8.5 9h7 M8.5 13h7 M8.5 17h4",
            Self::NoCode => "M4 4h6v6H4z M14 4h6v6h-6z M4 14h6v6H4z M14.5 14.5l5 5 M19.5 14.5l-5 5",
            Self::Person => {
                "M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8z M4.5 20c.6-4 3.5-6 7.5-6s6.9 2 7.5 6"
            }
            Self::Picture => "M4 5h16v14H4z M4 16l5-5 4 4 3-3 4 4 M15 9h.01",
            Self::Place => {
                "M12 21c-4-4.5-6.5-7.5-6.5-11a6.5 6.5 0 0 1 13 0c0 3.5-2.5 6.5-6.5 11z M12 8a2 2 0 1 0 0 4a2 2 0 0 0 0-4z"
            }
            Self::Menu => "M4 7h16 M4 12h16 M4 17h16",
            Self::Next => "M10 5l7 7-7 7",
            Self::Offline => {
                "M7 18a4 4 0 0 1-.4-8 5.5 5.5 0 0 1 10.6-.6A4.3 4.3 0 0 1 17 18z M4 4l16 17"
            }
            Self::Search => "M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14z M16 16l4.5 4.5",
            Self::Share => "M12 15V4 M8 8l4-4 4 4 M6 12H4v8h16v-8h-2",
            Self::Sound => "M4 10v4h3l5 4V6L7 10z M15.5 9.5a4 4 0 0 1 0 5 M18 7a8 8 0 0 1 0 10",
            Self::Store => {
                "M5 6c0-1.5 3-2.5 7-2.5s7 1 7 2.5-3 2.5-7 2.5S5 7.5 5 6z M5 6v12c0 1.5 3 2.5 7 2.5s7-1 7-2.5V6 M5 12c0 1.5 3 2.5 7 2.5s7-1 7-2.5"
            }
            Self::Vibrate => "M8 5h8v14H8z M5 9v6 M19 9v6 M2.5 11v2 M21.5 11v2",
            Self::Speak => "M4 5h16v11h-9l-4 4v-4H4z",
            Self::Torch => "M8 3h8v4l-2 3v11h-4V10L8 7z M12 13v2",
            Self::Undo => "M4 9h10a5.5 5.5 0 0 1 0 11H8 M8 5L4 9l4 4",
            Self::Warn => "M12 4l9 16H3z M12 10v4.5 M12 17v.4",
        }
    }
}

pub fn icon(icon: Icon) -> Html {
    html! {
        <svg class="ic" viewBox="0 0 24 24" aria-hidden="true"><path d={icon.path()} /></svg>
    }
}
