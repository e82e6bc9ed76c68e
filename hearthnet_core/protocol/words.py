"""1,024 short English words that are hard to mishear, ten bits each. Part of the protocol: they never change."""

WORDS: tuple[str, ...] = tuple(
    """
able acid acorn actor adult agent album alive almond alpine amber anchor angle animal ankle answer apple apron arena
arrow artist aspen atlas attic august author autumn avenue awake baby back badge bagel baker balance balcony ball
bamboo banana band banjo bank banner barn barrel basil basin basket bath bead beam bean bear beaver bell belt bench
bicycle bike birch bird biscuit bishop bite blanket blaze blend block bloom blossom blue boat bolt bone bonnet book
boot border bottle boulder bowl brace branch brass brave breeze brick bridge bright broom brother brown brush bubble
bucket buckle buffalo bugle build bulb bull bundle bush butter button cabbage cabin cable cactus cake calendar calf
calm camel camera camp canal candle candy canoe canvas canyon cape captain caravan card cargo carpet carrot cart
carve castle cattle cave cedar celery cellar cello cement center chain chair chalk chapel charm chart cheese cherry
chess chest chicken chief child chimney chin chorus church cider cinema circle circus city clam clay clean clever
cliff climb cloak clock cloth cloud clover clown club coach coast coat cobra cocoa coconut coffee coin collar colony
comb comet compass concert cook copper coral cord corn cottage cotton couch country cousin crab cradle craft crane
crater crayon cream crew cricket crocus crop cross crow crumb crust crystal cube cuckoo curtain curve cushion cycle
daily dairy daisy dance dawn deck delta denim desert desk detail dial diamond diary dinner disk dive doctor doll
dolphin dome donkey door dove dragon drama dream dress drift drill drink drum duck dune dust dwarf eagle early earth
easel east echo edge elbow elder elephant ember emerald empty engine envoy equal evening exit fabric face factory
fairy falcon family farm father fawn feather fence fern ferry festival fiddle field film finch finger fire fish five
flag flame flask flat fleet flint float flock floor flute foam folder foot forest fork fort fossil fountain frame
freeze friend frog frost fruit fudge funnel galaxy gallon gallop game gander garage garden garlic gazelle gentle
giant gift ginger giraffe girl glacier glad glass globe glove glow glue goat gold golf goose gorilla gourd grain
grandma grape grass gravel gravy green grid grill grove guest guitar gull habit half hammer hammock hamster hand
happy harbor harp harvest hawk hazel head heart heat hedge helmet herb hero hill hinge hippo hobby hockey holly home
honey hood hook hope horizon horn horse hose hotel house hull human hundred hunter icicle idea igloo inch inlet
insect iris iron island ivory jacket jaguar jasmine jazz jeans jelly jewel join joke journal judge juice july jumbo
jump june jungle juniper jury kangaroo kayak keen keeper kennel kettle kick kind king kiosk kitchen kite kitten kiwi
knife koala label lace ladder lady lagoon lake lamb lamp land lantern lark lasso laugh laurel lava lawn layer leaf
leather lecture lemon lens leopard lesson letter lettuce level library light lilac lily lime linen lion list lizard
llama loaf lobster locket lotus lucky lumber lunch lynx lyric machine magnet magpie major mango marble march margin
market marsh mask mast match matrix meal medium melody melon member memory menu meteor middle milk mill mimosa
mineral minnow mint minute mirror mist mitten mobile model mole moment monday money monkey monsoon month moon moose
morning mosaic moss moth mother motor mound mountain mouse mouth movie muffin mule museum mushroom music mustard
name napkin nation nature navy nectar needle nephew nest nettle nickel nine noble noon north nose note notebook
novel number nurse nutmeg oasis ocean octopus office olive onion onyx opal open opera orange orbit orchard orchid
order organ osprey ostrich otter oval oven owner oyster paddle page paint palace palm panda panel pansy panther
papaya paper parade parcel parent park parrot parsley party pasta paste patch path patrol pattern peach peacock
peanut pearl pebble pelican pencil penguin penny people pepper perch perfume person phone photo piano picnic picture
pigeon pillow pilot pine pink pipe pirate pistachio pizza planet plank plant plate plaza plow plum pocket poem poet
polar pole polish polo pond pony pool poplar poppy porch port postman potato pottery powder prairie present press
prize pudding puddle pulse pump pumpkin pupil puppet puppy purple purse puzzle python quail quarry quartz queen
quest quick quiet quill quilt quince quiz rabbit raccoon radar radio radish raft rail raisin rake ramp ranch rapid
raven razor reader recipe record reed reef reindeer relay ribbon rice riddle ridge ripple river robin robot rock
rocket roof room rope rose round rover royal ruby ruler runner sack saddle safari saffron salad salmon salt sand
sandal satin saucer scale scarf school science scooter scout screen script scroll seal season seat second seed
seesaw sesame seven shadow shark shawl sheep shelf shell shelter sheriff shield ship shirt shoe shop shore short
shovel shower shrimp shrub sign silk silver singer sister skate sketch skirt sleep sleeve slice slope smile smoke
snail snake snow soap soccer sock sofa soil soldier solo song sonnet soup south space spade spark sparrow spice
spider spinach spiral spoon sport spring spruce square squash squid squirrel stable stadium stage stamp star station
statue steam stem step stereo stew stilt stone stool storm story stove straw stream street string studio sugar suit
summer sunday supper surf swallow sweater swift swing sword syrup table tablet talent tango tape target tart tavern
taxi teacher team tempo tennis tent theme thimble thread three thumb thunder ticket tide tiger tile timber time
tinsel toast today tomato tone tool tooth topaz torch tortoise tower town track tractor trail train tray treasure
tree tribe trophy trout truck trumpet trunk tulip tundra tunnel turkey turnip turtle tutor twelve twig twin ukulele
umbrella uncle unicorn union unit uphill urban useful vacation valley value vanilla vault velvet vendor verse vest
video village vine vinegar viola violet violin visit vista voice volcano volume vowel voyage waffle wagon walk wall
wallet walnut walrus waltz warm wasp watch water wave weather weaver wedge well west whale wheat wheel whisker
whistle white wick willow wind window wing winter wire wisdom wise wolf wonder wool word world worm wreath wren
wrist writer yacht yard yarn year yeast yellow yogurt young yoyo zebra zenith zero zigzag zinc zipper zone
""".split()
)
