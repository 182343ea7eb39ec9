//! Words of closed lists as a Chinese sentence says them. In English they are said as files write them.

use std::borrow::Cow;

use super::said::Say;
use crate::syntax::{Action, Basis, Change, Event, Form, Kind, RightKind, Route, Unit};

/// Says a closed list in Chinese, word by word.
macro_rules! words {
    ($($list:ident { $($word:ident = $chinese:literal,)* })*) => { $(
        impl Say for $list {
            fn english(&self) -> Cow<'_, str> {
                Cow::from(self.word())
            }

            fn chinese(&self) -> Cow<'_, str> {
                Cow::from(match self {
                    $(Self::$word => $chinese,)*
                })
            }
        }
    )* };
}

words! {
    Action {
        Collect = "收集",
        Show = "展示",
        Use = "使用",
        Share = "提供",
        Entrust = "委托处理",
        Transfer = "转让",
        Disclose = "公开披露",
        Export = "向境外提供",
        Profile = "用户画像",
        Market = "营销",
        Automate = "自动化决策",
        Retain = "保存",
    }
    Basis {
        Consent = "取得同意",
        Contract = "订立、履行合同所必需",
        HumanResources = "人力资源管理所必需",
        Statutory = "履行法定职责或者法定义务",
        Emergency = "应对突发公共卫生事件或者紧急情况",
        News = "新闻报道、舆论监督",
        Published = "处理已公开的信息",
        OtherLaw = "法律、行政法规规定的其他情形",
    }
    Change {
        Purpose = "处理目的",
        Manner = "处理方式",
        Items = "信息种类",
        ServiceModel = "服务模式",
        Ownership = "所有权或者组织架构",
        Recipients = "接收方",
        Rights = "个人权利及其行使方式",
        Contact = "负责部门、联系方式和投诉渠道",
        HighRisk = "评估显示的高风险",
        RightsCut = "个人权利减少",
        Other = "其他内容",
    }
    Event {
        Opened = "记录形成",
        InForceFrom = "保险责任开始",
        InForceUntil = "保险责任届满",
        Ended = "事项终止",
        RelationEnded = "业务关系结束",
        TransactionCompleted = "交易完成",
        ClaimOpened = "理赔或者争议开始",
        ClaimClosed = "理赔或者争议了结",
        Cancelled = "撤销",
    }
    Form {
        General = "一般同意",
        Separate = "单独同意",
        Written = "书面同意",
    }
    Kind {
        Alternative = "替代方案",
        Channel = "渠道",
        Check = "核验",
        Clock = "时限",
        Disclosure = "公开披露",
        Exception = "例外情形",
        Fact = "事实",
        Function = "功能",
        Item = "信息",
        Party = "主体",
        Permission = "权限",
        Person = "角色",
        Product = "产品",
        Promise = "承诺",
        Purpose = "目的",
        Recipient = "接收方",
        Record = "记录",
        Refusal = "拒绝理由",
        Retention = "保存规则",
        Right = "权利",
        Role = "岗位",
        Sdk = "SDK",
        Share = "对外提供",
        Source = "来源",
        Statement = "表述",
        Tracker = "跟踪技术",
        Use = "使用",
    }
    RightKind {
        Access = "查阅",
        Copy = "复制",
        Port = "转移",
        Correct = "更正",
        Supplement = "补充",
        Delete = "删除",
        Withdraw = "撤回同意",
        Restrict = "限制处理",
        Object = "拒绝处理",
        CloseAccount = "注销账户",
        Explain = "解释说明",
        Complain = "投诉",
    }
    Route {
        SelfService = "自助操作",
        Phone = "电话",
        Email = "电子邮件",
        Letter = "信函",
        Fax = "传真",
        WebForm = "网页表单",
        OnlineService = "在线客服",
        Counter = "柜面",
        PopUp = "弹窗",
        Push = "推送",
        Sms = "短信",
        Announcement = "公告",
        InMessage = "信息所附的退订方式",
        Unstated = "未写明的方式",
    }
    Unit {
        WorkingDays = "工作日",
        Days = "日",
        Hours = "小时",
        Months = "月",
        Years = "年",
    }
}
