//! Pages with a title, facts and tables, as PDF. The fonts are those that every reader brings along,
//! so texts are limited to the characters of Windows-1252; any other is printed as `?`.

use pdf_writer::{Content, Date, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

/// A4, in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 50.0;
const ROW: f32 = 14.0;
const TEXT: f32 = 9.0;
const GREY: f32 = 0.45;

const PLAIN: Name<'static> = Name(b"Plain");
const BOLD: Name<'static> = Name(b"Bold");

/// On which side of its column a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// For words.
    Left,
    /// For numbers.
    Right,
}

/// One column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// What stands above it.
    pub heading: &'a str,
    /// In points; 495 are there for all.
    pub width: f32,
    /// Where its texts stand.
    pub align: Align,
}

/// Pages in the making.
pub struct Paper<'a> {
    title: &'a str,
    author: &'a str,
    pages: Vec<Content>,
    /// How far down the page is filled.
    y: f32,
    columns: Vec<Column<'a>>,
}

impl<'a> Paper<'a> {
    /// One empty page.
    pub fn new(title: &'a str, author: &'a str) -> Self {
        Self { title, author, pages: vec![Content::new()], y: HEIGHT - MARGIN, columns: Vec::new() }
    }

    /// What it is.
    pub fn title(&mut self, text: &str) {
        self.y -= 18.0;
        self.put(BOLD, 20.0, 0.0, MARGIN, text);
        self.y -= 12.0;
    }

    /// Something about it.
    pub fn fact(&mut self, name: &str, value: &str) {
        self.y -= 15.0;
        self.put(PLAIN, 10.0, GREY, MARGIN, name);
        self.put(PLAIN, 10.0, 0.0, MARGIN + 70.0, &fitting(value, 10.0, WIDTH - 2.0 * MARGIN - 70.0));
    }

    /// Begins a table.
    pub fn table(&mut self, heading: &str, columns: &[Column<'a>]) {
        self.columns = columns.to_vec();
        if self.y < MARGIN + 80.0 {
            self.turn();
        } else {
            self.y -= 34.0;
        }
        self.put(BOLD, 12.0, 0.0, MARGIN, heading);
        self.y -= 18.0;
        self.headings();
    }

    /// Keeps the next rows on one page, if one page can hold them.
    pub fn together(&mut self, rows: usize) {
        let rows = u8::try_from(rows.min(20)).unwrap_or(20);
        self.keep(f32::from(rows) * ROW);
    }

    /// A row of the table.
    pub fn row(&mut self, cells: &[String]) {
        self.cells(PLAIN, cells);
    }

    /// The last row of the table: a sum.
    pub fn sum(&mut self, cells: &[String]) {
        self.keep(2.0 * ROW);
        self.line(0.8);
        self.cells(BOLD, cells);
    }

    fn cells(&mut self, font: Name<'_>, cells: &[String]) {
        self.keep(ROW);
        self.y -= ROW;
        self.texts(font, 0.0, cells);
    }

    fn headings(&mut self) {
        let headings: Vec<String> = self.columns.iter().map(|column| column.heading.into()).collect();
        self.texts(PLAIN, GREY, &headings);
        self.y -= 2.0;
        self.line(0.4);
    }

    fn texts(&mut self, font: Name<'_>, grey: f32, cells: &[String]) {
        let mut left = MARGIN;
        let next_is_empty = |n: usize| cells.get(n + 1).is_some_and(String::is_empty);
        for (n, (column, text)) in self.columns.clone().iter().zip(cells).enumerate() {
            // A word may reach into an empty column beside it.
            let more = self.columns.get(n + 1).filter(|_| next_is_empty(n)).map_or(0.0, |next| next.width);
            let text = fitting(text, TEXT, column.width + more - 6.0);
            let x = match column.align {
                Align::Left => left,
                Align::Right => left + column.width - width(&text, TEXT),
            };
            self.put(font, TEXT, grey, x, &text);
            left += column.width;
        }
    }

    /// Turns the page if less is left on it, and repeats the headings.
    fn keep(&mut self, space: f32) {
        if self.y - space < MARGIN + 10.0 {
            self.turn();
            self.headings();
        }
    }

    fn turn(&mut self) {
        self.pages.push(Content::new());
        self.y = HEIGHT - MARGIN - ROW;
    }

    fn content(&mut self) -> &mut Content {
        if self.pages.is_empty() {
            self.pages.push(Content::new());
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    fn put(&mut self, font: Name<'_>, size: f32, grey: f32, x: f32, text: &str) {
        let y = self.y;
        if !text.is_empty() {
            put(self.content(), font, size, grey, (x, y), text);
        }
    }

    fn line(&mut self, thickness: f32) {
        let y = self.y - 3.0;
        let content = self.content();
        content.set_stroke_gray(GREY).set_line_width(thickness);
        content.move_to(MARGIN, y).line_to(WIDTH - MARGIN, y).stroke();
    }

    /// The document, with a foot on every page.
    pub fn finish(mut self, date: Date) -> Vec<u8> {
        let [catalog, tree, info, plain, bold] = [1, 2, 3, 4, 5].map(Ref::new);
        let count = i32::try_from(self.pages.len()).unwrap_or(i32::MAX);
        let page_id = |n: i32| Ref::new(6 + 2 * n);
        let content_id = |n: i32| Ref::new(7 + 2 * n);
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(tree);
        pdf.pages(tree).kids((0..count).map(page_id)).count(count);
        for (id, font) in [(plain, "Helvetica"), (bold, "Helvetica-Bold")] {
            pdf.type1_font(id).base_font(Name(font.as_bytes())).encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        for (n, mut content) in (0..count).zip(std::mem::take(&mut self.pages)) {
            let number = format!("Page {} of {count}", n + 1);
            let x = WIDTH - MARGIN - width(&number, 8.0);
            put(&mut content, PLAIN, 8.0, GREY, (x, MARGIN - 20.0), &number);
            let foot = fitting(&format!("{}, {}", self.title, self.author), 8.0, 380.0);
            put(&mut content, PLAIN, 8.0, GREY, (MARGIN, MARGIN - 20.0), &foot);
            let mut page = pdf.page(page_id(n));
            page.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(content_id(n));
            page.resources().fonts().pair(PLAIN, plain).pair(BOLD, bold);
            page.finish();
            pdf.stream(content_id(n), &content.finish());
        }
        let mut about = pdf.document_info(info);
        about.title(TextStr(self.title)).author(TextStr(self.author)).creation_date(date);
        about.producer(TextStr("r1-entitlements-mock"));
        about.finish();
        pdf.finish()
    }
}

fn put(content: &mut Content, font: Name<'_>, size: f32, grey: f32, (x, y): (f32, f32), text: &str) {
    content.begin_text().set_font(font, size).set_fill_gray(grey);
    content.next_line(x, y).show(Str(&encoded(text))).end_text();
}

/// Windows-1252, as far as it equals Unicode.
fn encoded(text: &str) -> Vec<u8> {
    let byte = |c: char| u8::try_from(c).ok().filter(|byte| matches!(byte, 0x20..=0x7e | 0xa0..=0xff));
    text.chars().map(|c| byte(c).unwrap_or(b'?')).collect()
}

/// As much of a text as fits, with a sign that there is more.
fn fitting(text: &str, size: f32, space: f32) -> String {
    if width(text, size) <= space {
        return text.into();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept, size) + width("...", size) > space {
            kept.pop();
            break;
        }
    }
    kept + "..."
}

/// How wide a text is in Helvetica; its digits are as wide in bold.
fn width(text: &str, size: f32) -> f32 {
    let thousandths: u32 = text.chars().map(|c| u32::from(char_width(c))).sum();
    // Fewer than 2^24 thousandths, that is, 16 metres: exact.
    #[allow(clippy::cast_precision_loss, reason = "see above")]
    let ems = thousandths as f32 / 1000.0;
    ems * size
}

fn char_width(c: char) -> u16 {
    let index = usize::try_from(u32::from(c)).unwrap_or(0).wrapping_sub(0x20);
    WIDTHS.get(index).copied().unwrap_or(667)
}

/// Helvetica's widths from blank to `~`, in thousandths of its size (Adobe's font metrics).
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_and_what_cannot_be_printed_is_a_question_mark() {
        assert_eq!(fitting("Alder Street Clinics", 9.0, 200.0), "Alder Street Clinics");
        let cut = fitting("Alder Street Clinics and Hospitals", 9.0, 60.0);
        assert!(cut.starts_with("Alder") && cut.ends_with("...") && width(&cut, 9.0) <= 60.0, "{cut}");
        assert_eq!(encoded("Zürich 东"), b"Z\xfcrich ?");
        assert_eq!(WIDTHS[usize::from(b'0' - b' ')..][..10], [556; 10]);
        assert_eq!((char_width('W'), char_width('~'), char_width('a')), (944, 584, 556));
    }
}
