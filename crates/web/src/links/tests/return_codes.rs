//! Return codes read back however people copy them down.

use proptest::prelude::*;

use super::*;

#[test]
fn a_return_code_reads_back_however_it_was_copied_down() {
    let table = [
        ([0; RETURN_CODE_BYTES], "0000-0000-0000-0000"),
        ([0xff; RETURN_CODE_BYTES], "ZZZZ-ZZZZ-ZZZZ-ZZZZ"),
        ([0x08, 0x42, 0x10, 0x84, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21], "1111-1111-1111-1111"),
        ([0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf], "0123-4567-89AB-CDEF"),
    ];
    for (bytes, text) in table {
        let code = ReturnCode::from_bytes(bytes);
        assert_eq!(code.to_string(), text);
        let copies = [
            text.to_owned(),
            text.to_lowercase(),
            text.replace('-', ""),
            text.replace('-', " "),
            text.replace('-', "\u{2013}"),
            text.replace('0', "O").replace('1', "l"),
            text.replace('0', "o").replace('1', "I"),
            format!("\u{a0} {text}\n"),
        ];
        for copy in copies {
            assert_eq!(copy.parse::<ReturnCode>().unwrap(), code, "{copy:?}");
        }
    }
}

#[test]
fn what_is_no_return_code_is_refused() {
    let long = format!("{}0123456789ABCDEF", " ".repeat(200));
    let table = [
        "",
        "0123-4567-89AB-CDE",
        "0123-4567-89AB-CDEF-0",
        "0123-4567-89AB-CDEU",
        "0123-4567-89AB-CDE!",
        "0123_4567_89AB_CDEF",
        "٠123-4567-89AB-CDEF",
        "0123-4567-89AB-CDEF\0",
        &long,
    ];
    for text in table {
        assert_eq!(text.parse::<ReturnCode>(), Err(MalformedReturnCode), "{text:?}");
    }
}

#[test]
fn a_return_code_is_stored_as_sha_256_of_a_fixed_prefix_and_its_bytes() {
    let hash = "0123-4567-89AB-CDEF".parse::<ReturnCode>().unwrap().hash();
    // From another implementation: sha256sum over the prefix and the ten bytes.
    assert_eq!(hash, "550342df0438d7ac9460d9ad7b7f967f7f08fa43cb3942ce8a3cfa24f4def840");
}

proptest! {
    #[test]
    fn any_return_code_reads_back_and_no_text_panics(bytes: [u8; RETURN_CODE_BYTES], text in "\\PC{0,40}") {
        let code = ReturnCode::from_bytes(bytes);
        prop_assert_eq!(code.to_string().parse::<ReturnCode>(), Ok(code));
        prop_assert_eq!(code.to_string().len(), 19);
        if let Ok(read) = text.parse::<ReturnCode>() {
            prop_assert_eq!(read.to_string().parse::<ReturnCode>(), Ok(read));
        }
    }
}
