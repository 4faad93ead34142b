"""Own example sentences around names, and sentences whose capitals are no names, for the training of the tagger.

`{f}` is a first name, `{l}` a surname, `{n}` both. All of it is made up.
"""

WITH_NAMES = """
I was sat next to {f} the whole way home
talking to {f} on the phone for an hour
asked {f} if he wanted to come along
just saw {n} in town, so funny
had lunch with {f} and {f} today
my sister {f} has been poorly again
my brother {f} rang last night
My mum {f} would have loved this
My boss {f} {l} keeps shouting at everyone
My therapist {f} helped me see it differently
my therapist, Dr {n}, is on holiday
Dr {l} said it takes time
Mrs {l} next door brought soup
Mr {l} from number nine was lovely
Miss {l} taught me in year four
I'm {n} and I wanted to share this
Hi, I'm {f}, new here
My name is {n}.
Hello everyone, {f} here
Be kind to yourself. {n}, MBACP
{n}, counsellor in private practice
Written by {n}
- {f}
Love, {f}
Best wishes, {n}
Thanks, {f} x
thank you {f} you are a star
happy birthday {f}!
Happy birthday to my best friend {f}
{f} is the only person who gets me
{f} told me she had been crying all week
{f} said that nobody listens to him
{n} from accounts is off sick again
{n} at work had a breakdown
{f} {l} was my key worker at the time
my client {f} told me about a dream
A client, {f}, came back after a year
I have been seeing {n} for six months
I see a counsellor called {f}
Our son {f} was diagnosed last spring
our little girl {f} starts school soon
{f} and I broke up
me and {f} went for a walk
i miss {f} so much
i think {f} is lying to me
does anyone know {n}
has anyone worked with {n} in Leeds
I told {f} everything and {f} just left
{f}'s mum is in hospital
It was {f}'s idea
{l}'s book changed how I think
I love what {n} wrote about shame
According to {n}, feelings are data
{n} says on the podcast that rest matters
Goal! {l} scores again
{l} to {l} and it is in the net
{n} was brilliant in that series
the new single by {n} is out
watching {n} live tonight
RT: {n} wins the award
lol {f} stop it
haha {f} you muppet
oh {f}, I am so sorry
{f}? are you there?
Come on {f}!
Well done {f}, {f} and {f}
So proud of {f} today
{f}, {f} and {f} came round for tea
Had a great session with {f} this morning
Poor {f} had to wait three hours
Is {f} all right?
dinner at {f}'s tonight
going to see {f} and the kids
{n} ({f} to her friends) died in May
the way {f} looks at me
my ex {f} keeps texting
my husband {f} drinks too much
{f} hits me when he is angry
my friend {f} is not doing well
our vicar {n} visits on Sundays
Please contact {n} if you can help
Ask for {f} at the desk
signed, {n}
In memory of {n}
RIP {n}
We met {n} at the group on Tuesday
{f} from my group is so wise
Nurse {f} was an angel
Auntie {f} makes the best tea
Uncle {f} never spoke about the war
Grandma {f} turned ninety
Professor {n} gave the lecture
Sir {n} opened the ward
my manager {n} knows about my depression
I think it was {n} who said that hope is a practice
can't believe {f} {l} is gone
{f} my love, sleep well
off to {f}'s for the weekend
{f} made me laugh today
Got a text from {f} at last
""".strip().split("\n")

WITHOUT_NAMES = """
Samaritans are there at any hour on 116 123
Mind has a page about anxiety
Shout answers texts all night
Call CALM or Papyrus if it is dark
CBT and EMDR are two ways of working
An NHS Talking Therapies service can take a while
Gestalt therapy looks at the here and now
I live with Parkinson's
He has Asperger's and a job he loves
The Beck inventory is a questionnaire
A Jungian view of dreams
Monday is hard and Friday is fine
In March and April the evenings get lighter
May I ask something?
Will it ever get easier?
Mark my words
Grace is hard to learn
Hope is a small thing
Joy comes back slowly
Faith helps some people
Rose early, walked the dog
Bill after bill arrives
Just a reminder that Rest is not Laziness
Grief Has No Timetable
Therapy Is Not Advice
Breathe In And Out Slowly
Self Care Is Not Selfish
Manchester and Leeds have good groups
The Guardian wrote about waiting lists
Ask your GP about it
I saw it on Facebook and Instagram
Reading The Body Keeps The Score again
Happy New Year to all
Merry Christmas everyone
Good Morning
I'm so tired of this
I'm British and I queue
Am I Christian enough
Trigger warning: loss
Dear Therapist, is this normal?
Thank God it is Friday
Dear Mum, I made it
Mum and Dad never asked
my therapist said that it takes time
my sister rang and we laughed
my boss is on leave
I told Dad everything
Nan made soup
The Doctor will see you now
Ask the Receptionist about a chaperone
BACP and UKCP keep registers
Zoom is fine for most people
Depression Is Not Weakness
Boundaries Protect Both Of You
Chelsea lost again
Arsenal at home on Sunday
Watching Sherlock tonight
Love Island is on
Victoria station was packed
the Charlotte Street clinic
Sydney was hot
I moved to Florence for a year
Austin is loud
Jordan is a country
Virginia and Georgia are states
Christian groups and Muslim groups
Chase your dreams they say
Pat yourself on the back
Sue them then
Drew a picture in group today
Frank talk about money
Rob a bank, why not
Jack of all trades
Art therapy helped
Summer is here
Autumn leaves
Ivy grows on the wall
Dawn came late
Heather and moss
Penny for your thoughts
Earl Grey and a biscuit
The King's speech
""".strip().split("\n")
