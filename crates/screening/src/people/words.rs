//! The words that tell who somebody is to the writer, and what of their life is private.
//!
//! Invariant: one sorted table, made once from the lists below; a look-up is a binary search.

use std::sync::LazyLock;

/// What a word can be, as bits of one number: a word may be several things.
pub(crate) mod is {
    pub(crate) const THERAPIST: u64 = 1;
    pub(crate) const RELATIVE: u64 = 1 << 1;
    pub(crate) const CLIENT: u64 = 1 << 2;
    pub(crate) const WORKPLACE: u64 = 1 << 3;
    pub(crate) const OTHER: u64 = 1 << 4;
    pub(crate) const RELATION: u64 = THERAPIST | RELATIVE | CLIENT | WORKPLACE | OTHER;
    pub(crate) const PRIVATE: u64 = 1 << 5;
    pub(crate) const TITLE: u64 = 1 << 6;
    pub(crate) const OWNER: u64 = 1 << 7;
    pub(crate) const FIRST_PERSON: u64 = 1 << 8;
    pub(crate) const THIRD_PERSON: u64 = 1 << 9;
    pub(crate) const SECOND_PERSON: u64 = 1 << 10;
    pub(crate) const TIME: u64 = 1 << 11;
    pub(crate) const PLACE: u64 = 1 << 12;
    pub(crate) const UNIQUE: u64 = 1 << 13;
    pub(crate) const PUBLIC: u64 = 1 << 14;
    pub(crate) const FICTION: u64 = 1 << 15;
    pub(crate) const NOT_A_PERSON: u64 = 1 << 16;
    pub(crate) const FAMOUS: u64 = 1 << 17;
    pub(crate) const CREDENTIAL: u64 = 1 << 18;
    pub(crate) const CLOSING: u64 = 1 << 19;
    pub(crate) const ADJECTIVE: u64 = 1 << 20;
    pub(crate) const DETAIL: u64 = 1 << 21;
    pub(crate) const GENERAL: u64 = 1 << 22;
    pub(crate) const ROLE: u64 = 1 << 23;
    pub(crate) const NOT_AFTER_IM: u64 = 1 << 24;
    pub(crate) const TELLS: u64 = 1 << 25;
    pub(crate) const CONDITION: u64 = 1 << 26;
    pub(crate) const WEAK: u64 = 1 << 27;
    pub(crate) const STATE: u64 = 1 << 28;
    pub(crate) const NEEDS_IN: u64 = 1 << 29;
    pub(crate) const DISEASE: u64 = 1 << 30;
    pub(crate) const PERSON: u64 = 1 << 31;
    pub(crate) const AREA: u64 = 1 << 32;
    pub(crate) const THEORY: u64 = 1 << 33;
    pub(crate) const GROUP: u64 = 1 << 34;
    pub(crate) const CONSENT: u64 = 1 << 35;
}

const LISTS: &[(u64, &str)] = &[
    (
        is::THERAPIST,
        "therapist counsellor counselor psychotherapist psychiatrist psychologist analyst cpn gp doctor keyworker \
        worker ordinator coordinator nurse midwife dietitian physio physiotherapist consultant",
    ),
    (
        is::RELATIVE,
        "son daughter child brother sister mum mom mam mummy mother dad daddy father stepdad stepmum stepfather stepmother \
        stepson stepdaughter husband wife hubby partner boyfriend girlfriend fiance fiancee bf gf friend mate bestie flatmate housemate \
        roommate cousin niece nephew ex nan nana gran granny grandma grandmother grandad grandfather grandpa uncle aunt auntie twin \
        ex-husband ex-wife ex-boyfriend ex-girlfriend ex-partner mother-in-law father-in-law sister-in-law brother-in-law grandson \
        granddaughter godson goddaughter baby toddler teenager kid half-brother half-sister",
    ),
    (is::CLIENT, "client patient"),
    (
        is::WORKPLACE,
        "colleague boss manager employer coworker co-worker supervisor workmate apprentice employee",
    ),
    (
        is::OTHER,
        "neighbour neighbor landlord landlady teacher tutor lecturer headteacher headmaster headmistress coach vicar priest \
        imam rabbi hairdresser classmate student pupil solicitor pastor",
    ),
    // A role that somebody holds at a place: named without being anybody's.
    (
        is::ROLE,
        "physio physiotherapist gp doctor nurse receptionist headteacher head teacher manager vicar priest imam rabbi pharmacist \
        dentist midwife counsellor therapist psychologist psychiatrist principal landlord barber butcher librarian postman postmistress \
        caretaker chef barista apprentice surgeon consultant councillor mayor paramedic firefighter coach lecturer professor tutor \
        director ceo accountant secretary cleaner engineer electrician plumber florist farmer jeweller optician vet trustee curate \
        teacher sergeant officer captain registrar paediatrician social-worker chaplain supervisor boss lollipop driver technician \
        goalkeeper goalie drummer organist harpist pianist conductor choirmaster bishop verger churchwarden porter foreman headmaster \
        headmistress bursar groundsman janitor ranger undertaker milkman postie sheriff magistrate judge constable chairman chairwoman \
        treasurer chief registrar deacon minister captain scoutmaster steward bouncer matron warden ferryman lifeguard \
        hairdresser baker grocer publican landlady cricketer instructor choreographer sexton rector chief-constable",
    ),
    (is::UNIQUE, "only head former senior deputy youngest oldest first lead new old chief"),
    (
        is::TITLE,
        "mr mrs ms miss mx dr doctor prof professor sir lady dame lord rev reverend nurse sister father auntie uncle aunt nan",
    ),
    (is::OWNER, "my our his her their your"),
    (is::FIRST_PERSON, "i me my myself mine i'm i've i'd i'll im ive we us our ours ourselves"),
    (is::SECOND_PERSON, "you your yours yourself"),
    (
        is::THIRD_PERSON,
        "he she they him his her hers their theirs them himself herself themselves who hes shes he's she's they're",
    ),
    (
        is::ADJECTIVE,
        "old older oldest elder young younger youngest little big best close closest dear late new current former \
        first second last previous lovely amazing brilliant wonderful ex poor eldest own only good great great-aunt step twin foster \
        adopted line nhs private trainee clinical key social support care co-ordinator coordinator couples group art play family \
        marriage school male female favourite work former area team office shift flat next-door best-friend occupational \
        speech mental health community night day parish deputy burns shop bus train post bin market church village local games maths \
        science music drama primary retired town eating disorder trauma emdr cbt lovely horrible awful useless dreadful toxic \
        amazing teenage adult baby four five six seven eight nine ten year gay trans",
    ),
    // Somebody, to whom a place gives a face: "the lady from the bakery in ...".
    (is::PERSON, "man woman lady girl boy chap bloke fella lad lass guy couple woman's man's"),
    (
        is::AREA,
        "village town valley street road estate island hamlet lane neighbourhood parish borough cul-de-sac terrace quay bay crescent avenue",
    ),
    (is::GROUP, "clients patients pupils students residents users tenants"),
    // What an eponym stands before, with or without "'s".
    (
        is::THEORY,
        "effect syndrome complex scale inventory questionnaire method technique model theory principle paradox hierarchy protocol \
        criteria index triangle window institute foundation prize lecture trust award memorial hospital clinic",
    ),
    (is::CONSENT, "consent consented consents permission"),
    // Conditions, and what else is nobody's business.
    (
        is::PRIVATE | is::CONDITION,
        "depression depressed bipolar bpd eupd ptsd cptsd c-ptsd ocd schizophrenia schizophrenic schizoaffective \
        psychosis psychotic anorexia anorexic bulimia bulimic adhd autism autistic dementia hiv cancer anxiety anxious suicidal suicide \
        self-harm self-harms self-harmed self-harming self-harmer alcoholism alcoholic addict addicted addiction dyslexia epilepsy \
        tourette's mania manic paranoid paranoia ocd's herpes chlamydia hepatitis disorder infertile infertility alzheimer's parkinson's",
    ),
    (
        is::PRIVATE,
        "overdosed overdose rehab sectioned diagnosed diagnosis medication antidepressants antipsychotics lithium methadone \
        sertraline citalopram fluoxetine affair cheat cheats cheated cheating abuse abuses abused abusive abusing hit hits hitting beat \
        beats raped rape assaulted assault molested prison jail arrested convicted pregnant pregnancy abortion miscarriage miscarried \
        divorce divorcing divorced separated debt debts bankrupt bankruptcy gamble gambles gambling gambled gay lesbian bisexual trans \
        hospitalised hospital breakdown ill illness fired sacked dismissed suspended bully bullies bullied bullying drunk drinks drinking \
        drink drinker drug drugs cocaine heroin cannabis ketamine relapsed relapse hoarder hoarding incontinent impotent stalked stalking \
        stole steals stealing stolen attempted attempt died dying terminal stroke meds tablets pills weeps weeping wept crying cried sobs sobbing psychopath narcissist \
        narcissistic sociopath self-medicates self-medicating soiled starving ivf surrogate eviction evicted homeless benefits \
        disciplined disciplinary grooming groomed harassed harassment screams screamed wets cutting detox cries steroid infidelity \
        stammer asylum deported tribunal custody therapy counselling meltdown blackouts vomits starving purges bingeing",
    ),
    // Told by a therapist, these make a client recognisable.
    (
        is::DETAIL,
        "teacher nurse solicitor police officer soldier veteran surgeon vicar priest pilot firefighter paramedic barrister bishop \
        footballer widower twin twins triplets refugee farmer actress actor dentist doctor chef lorry councillor mayor mp midwife \
        headteacher cricketer presenter drives teaches coaches judge magistrate butcher landlord landlady caretaker",
    ),
    // Private only of somebody who is somebody to the writer: of a footballer it is the news.
    (
        is::WEAK,
        "hit hits hitting beat beats stole steals stealing stolen drink drinks drinking drinker drunk ill illness died dying \
        suspended sacked fired dismissed cutting stroke attempt attempted prison jail hospital cries screams screamed therapy \
        counselling medication diagnosis custody benefits tribunal drug drugs suicide anxious terminal arrested abuse abuses abusing \
        assault trans gay cancer convicted debt debts paranoid manic addict asylum detox divorce weeps weeping wept crying cried sobs sobbing \
        psychopath narcissist narcissistic sociopath meds tablets pills",
    ),
    // Private when somebody is in it, as against working there or writing about it.
    (
        is::NEEDS_IN,
        "hospital therapy counselling custody benefits prison jail debt rehab medication drug drugs suicide abuse",
    ),
    (is::STATE, "is was has had 's having being got gets been with have are were by from"),
    (
        is::DISEASE,
        "disease syndrome palsy scale inventory theory model law hierarchy wheel test therapy approach method work idea ideas \
        book books paper view views concept research school cycle chorea lymphoma",
    ),
    (
        is::TIME,
        "january february march april june july august september october november december monday tuesday wednesday thursday \
        friday saturday sunday yesterday christmas easter spring summer autumn winter",
    ),
    (
        is::PLACE,
        "surgery school academy college university hospital clinic practice church mosque synagogue office branch factory \
        ward infirmary nursery library gym pub cafe salon shop store supermarket council station depot warehouse primary secondary \
        village parish town firm company barracks hospice centre center tesco asda sainsbury's sainsburys morrisons lidl aldi boots \
        amazon royal-mail greggs nandos mcdonald's costa",
    ),
    (
        is::PUBLIC,
        "author wrote writes written book novel film song album memoir actor actress singer footballer telly tv slurring sofa viewers fans album striker goalkeeper \
        midfielder scored goal match minister mp president senator chancellor politician paper study studies et theory theorist model \
        psychoanalyst podcast ted celebrity royal prince princess queen king duke duchess star band rapper comedian presenter \
        journalist professor researcher researchers researched founder founded coined biography biographer documentary interview \
        interviewed lyrics poem poet novelist philosopher quote quoted quotes argued argues published edition autobiography historian \
        bbc guardian netflix award olympic champion athlete cricketer tennis inventor pioneer pioneered developed books resource leader expert psychologytoday",
    ),
    (
        is::FICTION,
        "novel character fictional fiction film play story imagine suppose example fictitious protagonist heroine hero \
        narrator episode series vignette invented pretend made-up hamlet ophelia scenario",
    ),
    // Organisations, schools of thought, months and the like that carry a capital.
    (
        is::NOT_A_PERSON,
        "samaritans shout mind calm papyrus childline nspcc beat switchboard mermaids barnardo's barnardos refuge relate cruse \
        turning rethink sane youngminds maytree andys nhs bacp ukcp ncps bps hcpc camhs cmht gp cbt dbt emdr act ifs mbct ocd ptsd adhd \
        nice ofsted hmrc dwp zoom teams google facebook instagram twitter tiktok whatsapp youtube snapchat reddit bluesky mastodon amazon \
        monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october \
        november december christmas easter ramadan eid diwali lent gestalt jungian freudian rogerian adlerian kleinian buddhist god jesus \
        christ allah british english scottish welsh irish american asperger's aspergers asperger parkinson's parkinsons alzheimer's \
        alzheimer alzheimers uk usa eu bbc nami dbsa tourette's tourettes hodgkin's crohn's huntington's down's down stockholm münchausen munchausen korsakoff's wernicke's \
        prozac zoloft xanax valium ritalin sertraline dad mum mom nan gran grandma grandad daddy mummy",
    ),
    // Those whom texts about therapy cite: never private.
    (
        is::FAMOUS,
        "freud jung rogers bowlby ainsworth winnicott klein beck ellis perls yalom erikson maslow adler skinner pavlov piaget \
        frankl fromm lacan bion linehan kabat-zinn rothschild levine schwartz hayes neff gilbert kubler-ross kubler worden satir minuchin berne \
        harlow fonagy bateman holmes kohut kernberg bandura watson seligman rosenberg siegel porges maté mate brené brene heidegger \
        sartre laing szasz foucault socrates plato aristotle seneca aurelius epictetus buddha shakespeare dickens plath woolf churchill \
        einstein darwin nietzsche kierkegaard camus orwell tolkien rowling austen bronte gandhi mandela obama trump biden harris starmer \
        sunak corbyn thatcher blair cameron osborne boris beckham kane saka rashford rooney messi ronaldo beyonce adele rihanna eminem \
        kanye britney gaga gomez swift sheeran bieber capaldi styles meghan markle diana oprah kardashian cobain winehouse stormzy fry \
        wax clarkson ramsay schofield bowie elvis lennon mccartney jagger minogue clooney dicaprio depp chaplin monroe hepburn hanks \
        attenborough gogh murray federer serena osaka biles hamilton bolt farah musk bezos zuckerberg gates jobs",
    ),
    (
        is::CREDENTIAL,
        "mbacp bacp ukcp mukcp fbacp ncps mncps babcp hcpc bpc dclinpsy phd msc pgdip reg accred snr psychd dip",
    ),
    (is::CLOSING, "regards love sincerely faithfully wishes xx xxx xoxo cheers yours warmly signed"),
    (
        is::GENERAL,
        "often usually many most some sometimes generally tend typically always people clients patients anyone someone \
        somebody everyone any every can may might should could if whether how when",
    ),
    // "I'm ..." and then a capital that is no name.
    (
        is::NOT_AFTER_IM,
        "christian catholic muslim jewish hindu sikh british english scottish welsh irish american african asian indian \
        polish french german italian spanish chinese nigerian jamaican european autistic bipolar gay trans queer lesbian sorry fine ok \
        okay not so very just a an the in on at from with so happy sad grateful done here glad sure trying going feeling really still \
        dutch roma blind deaf greek turkish russian black white northern southern",
    ),
    (
        is::TELLS,
        "told said says came cried disclosed described shared admitted confessed revealed mentioned asked brought arrived \
        sobbed talked spoke was is has had lost left broke found started stopped discovered remembered realised attended saw believes",
    ),
];

static TABLE: LazyLock<Vec<(&'static str, u64)>> = LazyLock::new(|| {
    let mut words: Vec<(&str, u64)> =
        LISTS.iter().flat_map(|(bits, list)| list.split_whitespace().map(|word| (word, *bits))).collect();
    words.sort_unstable();
    let mut table: Vec<(&str, u64)> = Vec::with_capacity(words.len());
    for (word, bits) in words {
        match table.last_mut() {
            Some(last) if last.0 == word => last.1 |= bits,
            _ => table.push((word, bits)),
        }
    }
    table
});

/// Everything that a lower-case word is; 0 for a word of no list.
pub(crate) fn classes(word: &[u8]) -> u64 {
    TABLE.binary_search_by(|(known, _)| known.as_bytes().cmp(word)).map_or(0, |place| TABLE[place].1)
}

/// People known to everybody, whole names: what is said of them is no private thing of a third party.
const KNOWN_TO_ALL: &[&str] = &[
    "aaron beck",
    "adele adkins",
    "albert ellis",
    "albert einstein",
    "alastair campbell",
    "amy winehouse",
    "andy murray",
    "bessel van der kolk",
    "billie eilish",
    "boris johnson",
    "brené brown",
    "brene brown",
    "britney spears",
    "bruce perry",
    "carl jung",
    "carl rogers",
    "caroline flack",
    "charles dickens",
    "dan siegel",
    "david beckham",
    "david cameron",
    "demi lovato",
    "donald trump",
    "donald winnicott",
    "ed sheeran",
    "elon musk",
    "emma raducanu",
    "erik erikson",
    "esther perel",
    "frank bruno",
    "fritz perls",
    "gabor mate",
    "gareth southgate",
    "gordon brown",
    "harry kane",
    "harry styles",
    "irvin yalom",
    "jim carrey",
    "jo cox",
    "joe biden",
    "joe wicks",
    "john bowlby",
    "jon kabat-zinn",
    "jordan peterson",
    "judith beck",
    "justin bieber",
    "kanye west",
    "karen horney",
    "kate middleton",
    "keir starmer",
    "kristin neff",
    "lady gaga",
    "lewis capaldi",
    "lewis hamilton",
    "marcus rashford",
    "marsha linehan",
    "martin seligman",
    "mary ainsworth",
    "matt haig",
    "meghan markle",
    "melanie klein",
    "michael phelps",
    "naomi osaka",
    "nelson mandela",
    "oprah winfrey",
    "paul gilbert",
    "peter fonagy",
    "peter levine",
    "philippa perry",
    "prince harry",
    "prince william",
    "princess diana",
    "rishi sunak",
    "robbie williams",
    "robin williams",
    "rollo may",
    "ruby wax",
    "russell brand",
    "ryan reynolds",
    "selena gomez",
    "serena williams",
    "sigmund freud",
    "simone biles",
    "stephen fry",
    "stephen porges",
    "steven hayes",
    "susie orbach",
    "sylvia plath",
    "taylor swift",
    "theresa may",
    "tyson fury",
    "viktor frankl",
    "virginia satir",
    "virginia woolf",
    "wilfred bion",
    "winston churchill",
    "van gogh",
    "vincent van gogh",
    "wayne rooney",
    "zoe ball",
];

/// Whether a lower-case name is that of somebody known to everybody.
pub(crate) fn known_to_all(name: &[u8]) -> bool {
    KNOWN_TO_ALL.iter().any(|known| known.as_bytes() == name)
}
