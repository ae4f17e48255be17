"""Misspellings that are no words, with what is meant; and Latin words that look like misspellings of each other and are none."""

_PAIRS = """
平议 评议  评仪 评议  评义 评议  民主评意 民主评议  教帅 教师  帅傅 师傅  教施 教师  老帅 老师  党总枝 党总支  总枝 总支  枝部 支部  支布 支部  支步 支部
党圆 党员  群从 群众  裙众 群众  满义 满意  慢意 满意  工作作分 工作作风  作凤 作风  组积 组织  织组 组织  领倒 领导  支部书计 支部书记  副书计 副书记
建意 建议  帐目 账目  帐户 账户  帐号 账号  帐单 账单  帐本 账本  报帐 报账  记帐 记账  查帐 查账  监都 监督  监睹 监督  廉结 廉洁  廉杰 廉洁
制渡 制度  积级 积极  业迹 业绩  纪侓 纪律  部暑 部署  布署 部署  坐谈会 座谈会  再接再励 再接再厉  一如继往 一如既往  名符其实 名副其实
竞竞业业 兢兢业业  潜移墨化 潜移默化  贯切 贯彻  贯澈 贯彻  融恰 融洽  和偕 和谐  按装 安装  复盖 覆盖  报怨 抱怨  辅异 辅导  侯选人 候选人
候诠 候选  宣全 宣传  发杨 发扬  提昌 提倡  勤勤垦垦 勤勤恳恳  克苦 刻苦  针贬 针砭  渡假 度假  题纲 提纲  松驰 松弛  气慨 气概  精减 精简
"""

MISSPELT = dict(zip(_PAIRS.split()[::2], _PAIRS.split()[1::2], strict=True))
"""What is meant by each. None of the misspellings is a word, nor do two words that stand side by side read like one and mean
something else with the right characters."""

LATIN_WORDS = frozenset(
    [
        "trial",
        "trail",
        "untied",
        "united",
        "causal",
        "casual",
        "marital",
        "martial",
        "angel",
        "angle",
        "dairy",
        "diary",
        "quiet",
        "quite",
        "later",
        "latter",
        "desert",
        "dessert",
        "super",
        "supper",
        "diner",
        "dinner",
        "filing",
        "filling",
        "taping",
        "tapping",
        "hoping",
        "hopping",
        "planed",
        "planned",
        "baring",
        "barring",
        "scared",
        "scarred",
        "staring",
        "starring",
        "rated",
        "ratted",
        "complied",
        "compiled",
        "unties",
        "unites",
        "silver",
        "sliver",
        "barely",
        "barley",
        "brake",
        "break",
    ]
)
"""Words that differ by neighbouring letters, or by one of two equal letters, from another word here."""
