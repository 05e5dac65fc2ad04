"""How people ask for all papers of a kind: "papers on", "who has worked on", "anything about", "I'm looking for"."""

from __future__ import annotations

from qa.query.spans import PLACEHOLDER, pattern

# What questions of any shape may open with, in any order.
_POLITE = (
    r"(?:(?:please|pls|plz|hi|hello|hey|dear \w+|ok|okay|so|and|now|well|also|then|but|thanks)\b[,!.\s]*"
    r"|(?:can|could|would|will|may|might) (?:you|u|we|i) (?:(?:please|kindly|maybe|also) )?"
    r"|(?:do you know|any idea) (?=how|wh)|(?:please )?(?:tell|inform) (?:me|us) (?=how|wh|in|the number)"
    r"|(?:i|we)(?:'d| would)? (?:like|love|want|need|wish) (?:you )?to (?:(?:know|learn|hear) )?"
    r"|(?:roughly|approximately|about|exactly|in total|overall)[,\s]+)*"
)
START = rf"(?:^|(?<=[.?!:;]\s)){_POLITE}"
# Up to a few words before a noun; none that starts a clause of its own.
ADJECTIVE = (
    r"(?:(?!(?:how|why|when|where|what|who|is|are|was|were|do|does|did|can|the|its?|their|his|her|my|our|that|which|an?"
    r"|of|something|anything|everything|nothing|method|approach|paper|way|and|or)\b)[\w'-]+ )"
)
# Nouns that mean papers in the plural; a "paper" in the singular is one.
MANY = (
    r"(?:papers|preprints|publications|manuscripts|articles(?! of clothing)|works|studies|entries(?! to)|abstracts)\b"
)
MASS = r"(?:work|research|literature|stuff|material|reading|progress|activity)\b"
_OTHER = r"(?:authors|groups|projects|references|investigations|attempts|advances|surveys|contributions)\b"
PAPERS = rf"(?:{MANY}|{MASS}|{_OTHER})"
METHODS = (
    r"(?:methods|approaches|techniques|algorithms|models|systems|solutions|datasets|benchmarks|architectures"
    r"|networks)\b"
)
LINK = (
    r"(?:on|about|that|which|with|using|use|for|in|from|of|at|dealing|deal|related|relating|by|concerning|concerned"
    r"|looking|proposing|where|whose|studying|covering|combining|into|to|re:?|regarding|without|under|employing|who"
    r"|treating|introducing|describing|exploring|applying|based|around|detecting|estimating|evaluating|comparing|not"
    r"|only|also)\b"
)
ON = rf"(?=(?:\s*{PLACEHOLDER})* {LINK})"
_SOME = (
    r"(?:(?:all|any|every|each|only|some|several|a few|few|many|more|most|other|further|the|these|those|your|of|about"
    r"|an?|new|newest|recent|latest|relevant|related|existing|published|good|important|interesting|lists?|overview"
    r"|collection|selection|set|on|to|me|us|for|up|also|kind|sort|thing|together) )*"
)
_FRESH = (
    r"(?:(?:some|more|other|all|the|new|newer|newest|recent|latest|most|further|related|relevant|current|existing"
    r"|good|best|of|state|art|state-of-the-art|prior|previous|only|these) )*"
)
_VERB = (
    r"(?:list|lsit|enumerate|show|give|gimme|find|get|name|bring|collect|gather|compile|fetch|recommend|suggest|search"
    r"|pull|look|point|see|read|retrieve|display|print|browse|need|want|send|provide|share|cite)"
)
_TOPICAL = r"(?= (?:on|about|with|using|related|concerning|from|by|re)\b)"
_NAMED = rf"(?:{ADJECTIVE}{{0,2}}?{MANY}|{PAPERS}{ON}|everything\b|anything\b)"
_DONE = r"(?:done|published|written|proposed|tried|said|listed)\b"
_MARKED = rf"(?:\s*{PLACEHOLDER})"

# A request opens with one of these; what the pattern takes is no part of the topic.
OPENINGS = pattern(
    # asked for outright
    rf"{_VERB} (?:(?:me|us|for|out|up) )?{_SOME}(?:{_NAMED}|something to read\b)",
    r"(?:got|found) (?:any|anything|something|some)\b",
    rf"{_VERB} (?:(?:me|us) )?what(?:'s| is| you have| we have)(?: (?:out )?there)?\b(?= on| about)",
    rf"(?:list|enumerate) (?:me )?{_SOME}{METHODS}{ON}",
    r"list (?:me )?(?:all|every)\b",
    r"(?:(?:i'm|i am|we're|we are|am) )?(?:(?:currently|now) )?(?:looking|searching|hunting|after|interested|seeking) "
    rf"(?:(?:for|in) )?{_SOME}{_NAMED}",
    r"(?:i'm|i am|we're|we are) after " + PAPERS,
    r"(?:i|we)(?:'d| would)? (?:need|want|require|seek|like|love|appreciate) (?:to (?:see|read|find|cite) )?"
    rf"{_SOME}(?:{MANY}|{PAPERS}{ON})",
    rf"let(?:'s| me| us) see {_SOME}{PAPERS}",
    r"(?:what would you recommend )?(?:(?:i|we) )?(?:want to |like to )?read (?:up )?(?:about|on)\b",
    rf"(?:i|we)(?:'d| would)? be (?:grateful|thankful|happy|glad) (?:for|to (?:see|get"
    rf"|have)) (?:pointers to )?{_SOME}{PAPERS}",
    r"(?:(?:i|we) need )?(?:everything|anything) (?:that )?has to do with\b",
    rf"(?:every|each|any) (?:single )?(?:paper|preprint|publication|article){ON}",
    rf"{MANY}\s*,? (?:please|pls)\s*[:,]",
    r"(?:where|what) (?:can|could|should|may|might) (?:i|we) (?:read|find)(?: papers)? (?:about|on)\b",
    # asked which there are
    r"(?:(?:in|from|of|among) )?(?:which|wich|what) (?:of (?:the|these|those|your|our) )?"
    r"(?:(?:other|recent|new|newer|latest|all|more|further|published|existing) )*"
    rf"(?:{MANY}|{_OTHER}|research\b|literature\b|work\b(?= (?:is|has|exists|on|uses|deals|was)\b))"
    r"(?! (?:best|better|well|worst|when|if)\b)(?! (?:were|was|are|is) (?:used|cited|read|needed|labell?ed"
    r"|taken))(?!(?<=what\sworks) )(?!\s*[?.!]*$)"
    r"(?: (?:are|is) (?:there|out there|known|available)\b| (?:do|have) (?:you|we|i) (?:have|got|know)(?: of)?\b"
    r"| exists?\b| (?:has|have) been done\b)?",
    rf"are any of (?:the|these|those|your) {PAPERS}",
    r"what(?:'s| is) (?:the )?(?:literature|research|work) (?:on|about)\b",
    rf"what are (?:(?:all|the|some|your|other|recent) )+{MANY}",
    rf"(?:from|of|among|in) (?:(?:the|these|your|our|all) )?{PAPERS}\s*,\s*which (?:ones\b|of them\b|{PAPERS})",
    rf"(?:which|what) (?:(?:new|newer|recent|other|existing) )+{METHODS}",
    rf"(?:which|what) {METHODS} (?:exist|are (?:there|known|available)|tackle|address|deal with"
    r"|(?:have|has) been (?:proposed|suggested|developed|tried|published))\b",
    r"which (?:ones?|of (?:them|these|those|the \w+)) (?:deal|are|concern|talk|use|treat|cover|study|discuss)\b",
    r"(?:are|is|were) there (?:(?:any|some|other|more|also|recent|new|existing|published|further|many) )*"
    rf"(?:{ADJECTIVE}{{0,2}}?{PAPERS}|(?:anything|something|stuff)(?: \w+)?{_TOPICAL})(?! (?:best|well|better)\b)",
    r"(?:is|are) (?:anything|something|much) (?:known|published|written)\b",
    # asked who did it
    r"(?:have|has) (?:there been|anyone|anybody|someone|somebody|people|researchers) (?:(?:ever|already) )?"
    rf"(?:(?:any|some|other) )*(?:{PAPERS}|(?:{_DONE}|(?:attempted|looked|worked|used|studied|investigated|considered"
    r"|applied|explored|addressed)\b)(?: (?:to|at|on)\b)?)",
    r"(?:does|do|did) (?:anyone|anybody|people|researchers) (?:work|do research|publish) on\b",
    r"who (?:(?:has|have|else has|else|is|all) )?(?:(?:proposed|proposes|introduced|introduces)\b"
    r"(?! (?:the|an?|this|that|it)\b)|(?:works?|worked|working|studies|studied|investigates?|investigated|published"
    r"|publishes|looked|looks|deals?|dealt|uses?|used|tackles?|tackled|addresse[sd]|researches)\b)",
    r"(?:(?:is|are) )?(?:anyone|anybody|someone|people) (?:doing|working on|studying|looking at|using)\b",
    r"what are (?:people|others|researchers|they) doing (?:about|on|with|for)\b",
    r"(?:which|what) (?:researchers|people|teams|labs) (?:have )?(?:work|study|studied|tackled?|use|address|publish"
    r"|looked)(?:ed|s|ing)?\b(?: (?:on|at))?",
    rf"whose {PAPERS} (?:is|are|deals?) (?:about|on|with)\b",
    r"(?:any ideas?|know) who (?:works|uses|studies|has)\b",
    # asked what the library has
    r"(?:do|have|did) (?:you|u|we) (?:(?:have|got|know(?: of| about)?|happen to have) )?"
    rf"(?:(?:any|some|more|other|of|also|recent|new) )*{ADJECTIVE}?(?:{PAPERS}|anything\b|something\b)",
    r"does (?:the|this|your) (?:library|collection|corpus|archive|database) (?:have|contain|hold|include|cover|know) "
    rf"{_SOME}(?:{PAPERS}|anything\b|something\b)",
    rf"(?:do|does|did|have|has) (?:any|some) (?:of the )?{MANY}",
    r"what (?:else )?(?:do|have) (?:you|we|people|others|researchers|they) (?:have|got|know|done|written|published"
    r"|tried|said)\b",
    rf"what(?:'s|s| is| else is| was| are) (?:out )?(?:there\b|new\b|available\b|known\b|recent\b"
    rf"|the latest\b|{PLACEHOLDER})"
    rf"(?: (?:out )?there\b)?(?= (?:on|about|in|for|with|concerning|from)\b(?! (?:this|that|the (?:method|approach"
    rf"|paper|loss|model)|their|its?)\b)|\s*{PLACEHOLDER}|\s*[?.!]*$)",
    rf"what(?:'s|s| has| have) been (?:{_DONE}|going on\b)",
    r"what (?:came|comes) out\b",
    rf"what (?:did|does|do|has|have){_MARKED} (?:have|bring|offer|publish|show|got)\b",
    r"what does (?:the )?(?:literature|research) (?:offer|say|have)\b",
    r"what (?:literature|research|work) (?:is|exists)\b",
    rf"(?:what|who|anything|something|everything){_MARKED}",
    r"(?:anything|everything|all|something)(?: (?:new|recent|else|interesting|more|there is|you have|we have|known"
    rf"|published))*{_TOPICAL}",
    rf"any (?:(?:recent|new|newer|other|more|good|interesting|of the|published) )*{ADJECTIVE}?"
    rf"(?:{PAPERS}|(?:developments|news|updates)\b)",
    rf"how about {_SOME}{MANY}",
    # or just named
    rf"{_FRESH}{MANY}(?:{ON}|\s*:|{_MARKED}\s*\S)",
    r"(?:all )?the (?:stuff|things|material) (?:on|about)\b|all (?:stuff|material) (?:on|about)\b",
    rf"{_FRESH}(?:work|research|literature|references|bibliography|reading list|attempts|advances|progress"
    rf"|related work)(?:{_MARKED}\s*| )(?:on|about|into|in|that|concerning|regarding|from|by)\b",
    r"related work(?:\s*:| on\b| for\b| about\b)",
    r"recent advances\b",
    rf"(?:overview|lists?|survey|collection) of (?:(?:the|all) )*{MANY}",
    rf"{ADJECTIVE}{{1,4}}(?:papers|preprints|publications)\b(?:(?= (?:on|about|that|which|using|with|for|in|where"
    rf"|dealing|not)\b)|(?={_MARKED}\s*[\w{PLACEHOLDER}]))",
    rf"{MANY}{_MARKED}*\s*[.?!]*$",
    rf"(?:work|research|literature)\b{_MARKED}+\s*[.?!]*$",
    start=START,
)
# ... or closes with one, the topic before it: "depth papers, please".
ENDINGS = pattern(
    rf"(?:papers|preprints|publications|articles|works|studies|work|literature)(?:\s*,?\s*(?:please|pls|{PLACEHOLDER}))*",
    start=r"^(?!(?:how|why|when|where|what|who|which|whose|on|can|could|do|does|did|is|are|was|were|has|have|will|would"
    r"|should|if|i|we|my|our|that|the one)\b)(?P<topic>[^.?!]{3,80}?)(?<!\bto)(?<!\bnot) ",
    end=r"[.?!]*$",
)
# Wherever these stand, the rest is the topic: "From these, which ones use depth?"
ASIDES = pattern(
    rf",\s*which (?:ones|of them|{PAPERS})\b",
    r"\blist (?:them all|all of them)\b",
    rf"\bwhich {MANY} should i (?:cite|read)\b",
    rf"(?:(?<=[.?])|\bshow )\s*{MANY}(?:,? please)?[.?!]*$",
)
# A noun phrase right before what restricts papers ("enhancement methods listed on 3 March") asks for them.
RESTRICTED = pattern(
    rf"{METHODS}|{MASS}|{MANY}",
    start=r"^(?!(?:how|why|when|where|what|who|which|is|are|was|were|do|does|did|can|could|the|an?|on|in|of|its?)\b)"
    r"[\w\s/-]{3,60}?\b",
    end=rf"{_MARKED}+\s*[.?!]*$",
)
