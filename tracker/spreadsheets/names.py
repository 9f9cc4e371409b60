"""The vocabulary of heads: what people write above the columns of a ledger. Lists of words, no logic."""

# The first name of each field is the one this house prints. Spaces, case and widths do not count.
NAMES: dict[str, str] = {
    "code": "序号 编号 任务编号 任务序号 事项编号 任务号 number no num code id tasknumber taskno taskcode",
    "area": "类别 任务类别 工作类别 分类 类型 板块 工作板块 任务板块 领域 工作领域 category area workarea class",
    "title": (
        "重点任务 任务 任务名称 工作任务 主要任务 重点工作 重点工作任务 目标任务 任务事项 工作事项 重点事项 "
        "事项 事项名称 工作名称 task title tasktitle tasks keytask prioritytask workingtitle"
    ),
    "quote": (
        "具体措施 措施 工作措施 主要措施 重点措施 举措 工作举措 具体举措 主要举措 措施内容 任务内容 "
        "工作内容 具体内容 报告原文 原文 measure measures specificmeasure specificmeasures action actions "
        "quote wordsofthereport"
    ),
    "links": "对应举措不足 对应举措 对应不足 对应措施 对应措施不足 对应关系 links link answers correspondsto",
    "lead_unit": (
        "牵头单位 责任单位 牵头部门 责任部门 主责单位 主责部门 主办单位 承办单位 牵头责任单位 责任主体 "
        "leadunit leaddepartment leadagency lead responsibleunit responsibledepartment unit department"
    ),
    "supporting_units": (
        "配合单位 配合部门 协办单位 协同单位 参与单位 参加单位 协助单位 配合责任单位 supportingunits "
        "supportingunit supporting cooperatingunits supportingdepartments"
    ),
    "accountable_leader": (
        "责任领导 分管领导 牵头领导 包保领导 挂帅领导 分管负责人 主管领导 领导 accountableleader "
        "responsibleleader leader leaderincharge"
    ),
    "owner": (
        "责任人 具体责任人 直接责任人 任务负责人 负责人 经办人 承办人 办理人 owner responsibleperson personincharge"
    ),
    "milestones": "阶段节点 节点 时间节点 阶段目标 阶段性目标 里程碑 工作节点 进度安排 milestones milestone steps",
    "due_on": (
        "完成时限 完成时间 完成日期 完成期限 办结时限 办结期限 办理时限 计划完成时间 计划完成日期 "
        "计划完成时限 时限 时限要求 完成时限要求 截止时间 截止日期 截止期限 到期日 到期日期 期限 due dueon "
        "duedate deadline duetime dueby"
    ),
    "due_basis": "时限来源 时限依据 期限依据 期限来源 duebasis deadlinebasis basis basisofdeadline deadlinesource",
    "status": "状态 任务状态 当前状态 办理状态 完成状态 工作状态 进展状态 status state taskstatus",
    "light": "亮灯 亮灯情况 亮灯状态 灯 红黄绿灯 预警 预警灯 预警状态 light lights signal",
    "summary": (
        "进展情况 进展 工作进展 工作进展情况 完成情况 落实情况 办理情况 推进情况 目前进展 最新进展 任务进展 "
        "summary progressreport progresssummary report latestprogress"
    ),
    "problems": (
        "存在问题 存在的问题 问题 问题困难 困难问题 存在困难 存在问题及困难 存在的困难和问题 problems problem issues"
    ),
    "next_steps": (
        "下一步措施 下一步工作 下一步计划 下一步打算 下一步举措 下一步工作措施 下一步 下步措施 下步工作 "
        "下步打算 nextsteps nextstep next"
    ),
    "evidence": "佐证编号 佐证 佐证材料 佐证材料编号 证明材料 印证材料 证据 evidence evidencenumber evidencenumbers",
    "opinion": "审核意见 审核 审核情况 审核结果 督办意见 审查意见 opinion review reviewopinion",
    "completed_on": (
        "销号日期 销号时间 实际完成时间 实际完成日期 实际办结时间 实际办结日期 办结日期 completedon "
        "completiondate closedon dateclosed dateofcompletion actualcompletion"
    ),
    "remarks": "备注 说明 备注说明 remarks remark notes note comments comment",
    "nature": "任务性质 性质 工作性质 nature tasknature kind",
    "criteria": "完成标准 完成标志 验收标准 达标标准 工作标准 销号标准 criteria completioncriteria criterion",
    "deliverable": (
        "预期成果 成果 成果形式 工作成果 成果清单 成果名称 deliverable deliverables expecteddeliverable output"
    ),
    "starts_on": (
        "开始时间 开始日期 计划启动 计划启动时间 启动时间 启动日期 计划开始时间 计划开始日期 计划开始 "
        "起始时间 起始日期 start startson startdate plannedstart begins starton"
    ),
    "progress": (
        "进度 完成进度 完成率 完成比例 工作进度 任务进度 完成百分比 progress percent percentdone completionrate"
    ),
}
