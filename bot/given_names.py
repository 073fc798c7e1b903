"""Given names common in Britain, from its several communities; used only beside what ties a name to a person."""

GIVEN_NAMES = frozenset(
    """
    aaron abdul abena abigail adaeze adam adebayo adele adeola adrian agata agnes agnieszka ahmed aisha akua
    alan albert alex alexander alfie alfred ali alice alison ama amanda amara amber amelia amina amir amy andrea
    andrew aneta aneurin angela angharad aniela anil anita anjali ann anna anne annie anthony antonia arjun
    arthur arwen asha ashley audrey ava ayesha ayodele babatunde barbara barry bartosz beata beatrice ben
    benjamin bernadette bernard beryl beth bethany betty beverley bilal bill billy bob brenda brian bridget
    bronwen bryan busola callum caoimhe carl carol caroline carys catherine cathy ceri charles charlie charlotte
    cheryl chidi chinedu chioma chloe chris christina christine christopher ciara cillian claire clara clive
    colin connor conor craig cynthia dafydd daisy daniel danielle darragh darren dave david debbie deborah
    declan deepa deepak denise dennis derek dewi diana diane dilys dominic donald donna doreen doris dorota
    dorothy douglas duncan dylan eddie edith edna edward efua eileen elaine eleanor elin elizabeth ella ellen
    ellie elsie emeka emily emma eoin eric erin ernest ernie esi ethan ethel eva evelyn evie ewa farah fatima
    femi ffion fiona florence folake frances francis frank fred freda freddie gareth garry gary gavin gemma
    geoff geoffrey george georgia georgina gerald geraldine gertrude gethin ghulam gill gillian gladys glenda
    glenn gloria gordon graham greta grzegorz gurpreet gwen gwendolyn gwilym gwyneth halima hamza hannah harold
    haroon harpreet harriet harry hassan hazel heather helen henry hilary hilda howard hugh hywel ian ibrahim
    ida ifor imani imran ioan iqbal irene iris isaac isabel isabella ishaan isla ivy iwona jack jackie jacob
    jacqueline jagdeep jake james jamie jan jane janet janice jasmine jason jaswinder jay jean jeff jeffrey
    jenna jennifer jenny jeremy jerzy jessica jessie jill jim jimmy joan joanna joanne joe joel john johnny
    jonathan jordan joseph josh joshua joyce judith judy julia julian julie june kamala karen karolina katarzyna
    kate kath katherine kathleen kathryn katie kavita kayleigh kayode keith kelly ken kenneth kerry kevin
    khadija kieran kim kimberley kirsty kofi kwabena kwame kwesi kyle lakshmi latifa laura lauren lawrence layla
    leah lee leila len leonard leslie lewis liam lilian lily linda lisa liz llinos lorna lorraine louis louise
    lowri lucy lukasz luke lydia lynn lynne mabel magda magdalena maggie malcolm malgorzata mandy manjit marcus
    marek margaret maria mariam marie marion marjorie marta martha martin mary mason mateusz matilda matt
    matthew maud maureen mavis max meena megan megha mehmet mehwish melanie melissa michael michelle mick mike
    mildred millie mirela miriam mohamed mohammad mohammed mohinder moira molly monica morag muhammad muriel
    mwangi nadia nancy naomi nasreen natalie natasha nathan neha neil nell ngozi nia niamh nicholas nick nicola
    nicole nigel nikhil nkechi nnamdi noah nora noreen norma norman nuala ola olive oliver olivia olu oluwaseun
    omar omolara oonagh orla oscar owain owen padraig pam pamela parminder parveen pat patricia patrick paul
    paula pauline pavel pawel peggy penelope penny percy peter phil philip phillip phoebe phyllis piotr pooja
    poppy pradeep priya rachel rahul raj rajesh ralph rashid ravi raymond rebecca reg reginald rekha rhiannon
    rhys richard rita rob robert robin roger roisin ron ronald rory rosemary rosie ross roy ruby rukhsana rupert
    russell ruth ryan sabina sabrina sadia sadie saira sally salma sam samantha samina samuel sandra sanjay
    sanjeev saoirse sara sarah saskia scott seamus sean shabana shane sharon shauna sheila shirley shreya sian
    sid sidney simon sinead siobhan sioned sofia sophia sophie stacey stan stanislaw stanley stella stephanie
    stephen steve steven stuart sue sunil sunita surinder susan suzanne svetlana sydney sylvia tadeusz taiwo
    tamsin tanya tara tariq ted temitope terence teresa terry thelma theo theresa thomas tim timothy tina toby
    tom tomasz tommy tony tracey tracy trevor tunde uche usman valerie vera veronica vicky victor victoria
    vikram vincent viola violet vivien vivienne wally walter wanda wanjiru wasim wayne wendy wilfred william
    winifred winnie wojciech yaa yasmin yaw yetunde yusuf yvonne zainab zara zoe zofia zubair
    """.split()
)

# Those that are words as well: these need a capital.
ORDINARY_WORDS = frozenset(
    """
    amber bill bob carol charlotte daisy dawn dean don drew florence frank gene grace grant hazel heather hope
    iris ivy jack jay jean josh joy june lance lee lily mark max nick olive pat peg penny poppy ray rich rob
    robin roger rose ruby sally sandy sue victor victoria viola violet will
    """.split()
)
