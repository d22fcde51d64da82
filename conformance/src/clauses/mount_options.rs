//! Clauses of the table of mount options in `config.md`: one row, one clause.

use record::Level::{self, May, Must, Should};

use crate::Clause;

/// The clause of the option `name`.
///
/// # Panics
/// Where the table has no such option.
#[must_use]
pub const fn of(name: &str) -> &'static Clause {
    let mut row = 0;
    while row < TABLE.len() {
        if ends_with(TABLE[row].id, name) {
            return &TABLE[row];
        }
        row += 1;
    }
    panic!("the table of mount options has no such row")
}

/// Whether the id is that of the option; `str` has no comparison that a constant may use.
const fn ends_with(id: &str, name: &str) -> bool {
    let (id, name, start) = (id.as_bytes(), name.as_bytes(), "config/mount-option-".len());
    if id.len() != start + name.len() {
        return false;
    }
    let mut at = 0;
    while at < name.len() {
        if id[start + at] != name[at] {
            return false;
        }
        at += 1;
    }
    true
}

const fn row(id: &'static str, level: Level, sentence: &'static str) -> Clause {
    let asks = "the mount option is taken, and does what mount(8) says";
    Clause { id, level, address: "config.md#linux-mount-options", asks, sentence }
}

/// Every row of the table, in its order.
pub static TABLE: [Clause; 61] = [
    row(
        "config/mount-option-async",
        Must,
        "f76c8686da9b33d84f75f922232a514987a67809bb519748c41bae8c7829f4fa",
    ),
    row(
        "config/mount-option-atime",
        Must,
        "63c91bd314a161df4445ed30ceca09386d877a364fa5009a680549b4ac687075",
    ),
    row("config/mount-option-bind", Must, "ea3c0bfabb0dbabd97d791383ebdc86b89ea0c8140fdb16e9883202be7a32da8"),
    row(
        "config/mount-option-defaults",
        Must,
        "81517536f0a11770430ae9fb43e916852cc94c95d4d65994a4404c41dcf8817c",
    ),
    row("config/mount-option-dev", Must, "2d69a60de6842fd7573a7a1ef725094911b5f89ad4f303eaf9e71cce5d93f643"),
    row(
        "config/mount-option-diratime",
        Must,
        "ecaa75b3347b06e73cdaff0fb5c0155694da863ab9dd9ff03add0fa640704963",
    ),
    row(
        "config/mount-option-dirsync",
        Must,
        "2e2c3cce464fae564c73285dd3a8a0ce94d78356ba0e6f17e06fbe67b21b7fb5",
    ),
    row("config/mount-option-exec", Must, "9d63a06a85038753c446b51f414214782f60f15c8848476561018923f076251e"),
    row(
        "config/mount-option-iversion",
        Must,
        "789b4463bf9f998d048ed1b0675a847ff18335ac6432ec396fa8926bdd9d8c54",
    ),
    row(
        "config/mount-option-lazytime",
        Must,
        "df691123ba58ea36e665bc21b1bccd749d34f83b84c43a13d3930d2fb8be0a20",
    ),
    row("config/mount-option-loud", Must, "bc61519ec3b7d17c72286ed75df2c97d532a3f71203e797e9a3a55c525132134"),
    row("config/mount-option-mand", May, "a6a5c906e943edaa3ff776635695b3859e8684fc5ec4d90f54a815510470846a"),
    row(
        "config/mount-option-noatime",
        Must,
        "27646f10063cfac04ffbde93a218ff552db5512fa6153bcd492273cb91856f9c",
    ),
    row(
        "config/mount-option-nodev",
        Must,
        "de33643f19c5ceb923a33a3549a5e813f0aadde7176d2645e1d5b467117c28f0",
    ),
    row(
        "config/mount-option-nodiratime",
        Must,
        "48ca66fcdc0254442a16abbf2aef905311b8349df95d2920e823e9f164307e0c",
    ),
    row(
        "config/mount-option-noexec",
        Must,
        "6894834c787ddf6cb6b6bb28ebba9be5b8e39ef7d1082b9913aaccd9e59be64c",
    ),
    row(
        "config/mount-option-noiversion",
        Must,
        "b105fa0d20932af689d2af5e72e4a75cf119e5b96240073507b6ab049749b566",
    ),
    row(
        "config/mount-option-nolazytime",
        Must,
        "db26ba342a1dfddcc59622d9e4edb7b39d662ceecb2c0a3889a7f3c6b3ca6db4",
    ),
    row(
        "config/mount-option-nomand",
        May,
        "71da4704e2fd3b9b3c484c4c8a9fd57ac41e69f9aae4f3850f4859f1e42d598e",
    ),
    row(
        "config/mount-option-norelatime",
        Must,
        "66cd39c67ede492ac83d518e767e7eed512615c1029d02f02f0881ab7fbdc2f6",
    ),
    row(
        "config/mount-option-nostrictatime",
        Must,
        "01a55563dcd68f1b3dab2c9bf74c67dce99ab342e83b6f91d243ac132d8718bf",
    ),
    row(
        "config/mount-option-nosuid",
        Must,
        "d2ff7a06e8587789ae79420605b9276aa4a24fc5c58e264cb0fb966c5dd426b1",
    ),
    row(
        "config/mount-option-nosymfollow",
        Should,
        "026fee51191eade7d991313d5d68ab29cfc849ec1cf36007e622705ddcadd266",
    ),
    row(
        "config/mount-option-private",
        Must,
        "65fac798777e6a200cbd8fba459381b28ba6338d10ff91c5830f1ac745a27bad",
    ),
    row(
        "config/mount-option-ratime",
        Should,
        "a8e70d4d6a1ec234cedf240d8d99c11795a3a8850bdf6fb4dad2d5616ab1ec4c",
    ),
    row(
        "config/mount-option-rbind",
        Must,
        "52f3a7d6e7130394ed595d0733b4cb7714e0e8ef56fe7ea5523238fe3ef81dda",
    ),
    row(
        "config/mount-option-rdev",
        Should,
        "aa3ef3d924836ce9885635057df1077f34657635cbc372c0bb88791c77bcd7e3",
    ),
    row(
        "config/mount-option-rdiratime",
        Should,
        "9f8e322d0d787febfb2d3d6ca28c3210417e2cce4ccff53e285da8c75596a33a",
    ),
    row(
        "config/mount-option-relatime",
        Must,
        "fc8f0174bb5e1f63260540e1fc4bd8f2b1545d2b4b2e2880f4749d287829b08e",
    ),
    row(
        "config/mount-option-remount",
        Must,
        "27c8913d4b676accbbeee2be261ffde89e02c9a0df0de02071c58c313bcda9fc",
    ),
    row(
        "config/mount-option-rexec",
        Should,
        "f5d5354e168ace81e127e5f0b8d6bb732813994543f84f528c9c36d07575a166",
    ),
    row(
        "config/mount-option-rnoatime",
        Should,
        "6dc5c18b016efc7b6f94e86d458e9c07f06f785c31f1a307f37e7e92200c830b",
    ),
    row(
        "config/mount-option-rnodiratime",
        Should,
        "c3a7650d031821e3f7b167362c56d34c389da784cc1751652c46656b5c762713",
    ),
    row(
        "config/mount-option-rnoexec",
        Should,
        "64e15562f69aeb878b13d9deca8527fdf552720fb8683576b56df2ffa84c5826",
    ),
    row(
        "config/mount-option-rnorelatime",
        Should,
        "e56d3bb6a02f1b0a4e239bae1a8806db5e779aea2c815a8270fa0da8707a26e2",
    ),
    row(
        "config/mount-option-rnostrictatime",
        Should,
        "80e2b8024f23ea8da347868e81ecf11de17262a606f70b20d5884f37ee906f32",
    ),
    row(
        "config/mount-option-rnosuid",
        Should,
        "e4a290c23511e3487020d7f0c37fd3c1ca130f88a792536c86b06512e034216b",
    ),
    row(
        "config/mount-option-rnosymfollow",
        Should,
        "731621483e36044ccf1ef5c7cad041f2d15c4b5e49238a90a7fd199915c5289c",
    ),
    row("config/mount-option-ro", Must, "049e202399071b48b74584e4a704feb6acad900b5fc184d42b3880d756b171f7"),
    row(
        "config/mount-option-rprivate",
        Must,
        "c15a5b981eaf5c3f33f74135ed04f357b04a3cad81104d385673bbb1bdbe3ca1",
    ),
    row(
        "config/mount-option-rrelatime",
        Should,
        "b17e0f73eb8c1c9eeb0c68b69100998cc9ae66bcfc6b6d5e9d51552465f3247d",
    ),
    row(
        "config/mount-option-rro",
        Should,
        "7d9d2ed29fa57ed57688943af518dd9d2d4e1be48db8f9bdd8cd29c862c5ec91",
    ),
    row(
        "config/mount-option-rrw",
        Should,
        "27714916ff83224e296d7c100cb19bcb7832b2165d74b1ce4e3ba5e89b167c99",
    ),
    row(
        "config/mount-option-rshared",
        Must,
        "5eb4b85104d40b9ab91abd3eb1ad309603a34c07eac82a450e6a3399d0a94784",
    ),
    row(
        "config/mount-option-rslave",
        Must,
        "a2f150835737e2dd995755d2a68a429b5e20983ce64b5e2b3493f98088286523",
    ),
    row(
        "config/mount-option-rstrictatime",
        Should,
        "f96033e263683ffa8117c3a903af147fc433e08ade7ff744dba443792e9ce034",
    ),
    row(
        "config/mount-option-rsuid",
        Should,
        "05f524a2ec4ad6e74ed05f90f0a387bc837fd9ccfb005cd64bdb582cf9f8e264",
    ),
    row(
        "config/mount-option-rsymfollow",
        Should,
        "ae5b03ddec49b7bffa98f3882136a8118cba1e7bb4fec633eefc5e5da554b1fa",
    ),
    row(
        "config/mount-option-runbindable",
        Must,
        "556c3723b5e04b93ce0fa33664e02174750aa2162f2b078c7214f8409330a310",
    ),
    row("config/mount-option-rw", Must, "72d11dbfe217b4e4fccbdab193778778c61ec883c22a8aaa0963286b9dc6bc03"),
    row(
        "config/mount-option-shared",
        Must,
        "5784409942b3fde4cf631af96b219064e02be181c48e49186a7eea9ed348d458",
    ),
    row(
        "config/mount-option-silent",
        Must,
        "1cd9b9681bd565aa9a99c92537db801e3f917af04468f1071895f2ee6fd6b0d8",
    ),
    row(
        "config/mount-option-slave",
        Must,
        "745debe193d290f03f381b94fc7d305c13b08aca15d6769039c50163778afdd0",
    ),
    row(
        "config/mount-option-strictatime",
        Must,
        "892816b89d6729dde468b0c79dfbf639c2c8ba257451f1746552501b8bf21a1a",
    ),
    row("config/mount-option-suid", Must, "7b042c5f37a79bced622fb0a8d5c4c223a4015234d26b49d876570c51e42f7d0"),
    row(
        "config/mount-option-symfollow",
        Should,
        "575da8e65107490d8683ff5e5e68f9dae4ff134f984e9bbeaa3d759be92bcec3",
    ),
    row("config/mount-option-sync", Must, "5e31f1115a3e02ec80a3ed0e25d0dabce9458a4e448da6fa0da21e195eba4851"),
    row(
        "config/mount-option-tmpcopyup",
        May,
        "907ca29d755f346a5d18d0ba1d8286e64714e4eb610d940ec991bbcbd2bcac13",
    ),
    row(
        "config/mount-option-unbindable",
        Must,
        "0a27999c3886cf2733e6d16f07586f3cf4f8f9afc517df97dacfb39a3cb19901",
    ),
    row(
        "config/mount-option-idmap",
        Should,
        "6c62d3ca7e74823b95cda80e33bfeb43b407db46a665c2fa8e9095e4394e92d1",
    ),
    row(
        "config/mount-option-ridmap",
        Should,
        "37e66fef1394501b7f51d7306c514d733c4b326aa60584bae1b5fdd7227e7a80",
    ),
];
