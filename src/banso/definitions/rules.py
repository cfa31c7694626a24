"""Every rule that definitions are checked by."""

from banso.definitions.date_rules import DateColumn, DateKnownThen
from banso.definitions.drafts import Rule
from banso.definitions.expression_rules import (
    GoodExpression,
    KnownColumns,
    NoLookAhead,
    SameTypes,
)
from banso.definitions.forecast_rules import (
    KnownExcluded,
    OneEndPerWord,
    ProfileColumns,
    ProfileIsNoMetric,
)
from banso.definitions.health_rules import (
    BandsOrdered,
    KnownMetricOfElement,
    KnownPeers,
    ModelReachable,
    OneScoring,
    ThresholdsAscending,
    UniqueHealthKeys,
    WeightsPositive,
)
from banso.definitions.metric_rules import (
    ChangeOfWindowed,
    ContactsOfRows,
    KnownParts,
    NoCycle,
    NumberColumn,
    TableFits,
    UniqueMetricKeys,
)
from banso.definitions.play_rules import (
    EveryStepCounts,
    KnownPlaceholders,
    KnownPlayOfSignal,
    KnownSteps,
    UniquePlayKeys,
)
from banso.definitions.question_rules import (
    AdjustedOnce,
    KnownNames,
    LookedAtLater,
    SetAtTheStart,
    UniqueQuestionKeys,
)
from banso.definitions.revenue_rules import (
    CurrencyCodes,
    GroupingsGroup,
    OneRatePerDay,
    UniqueVariants,
)
from banso.definitions.signal_rules import (
    ClosedBraces,
    DoesNotCloseAtOnce,
    UniqueSignalKeys,
)
from banso.definitions.touch_rules import (
    KnownTouchModels,
    LastTouchModelTakesAll,
    TouchModelsInOrder,
    TouchRuleReachable,
    UniqueTouchRules,
)

RULES: tuple[Rule, ...] = (
    UniqueMetricKeys(),
    KnownParts(),
    NoCycle(),
    ChangeOfWindowed(),
    TableFits(),
    ContactsOfRows(),
    NumberColumn(),
    DateColumn(),
    DateKnownThen(),
    GoodExpression(),
    KnownColumns(),
    SameTypes(),
    NoLookAhead(),
    UniqueHealthKeys(),
    KnownMetricOfElement(),
    KnownPeers(),
    WeightsPositive(),
    OneScoring(),
    ThresholdsAscending(),
    BandsOrdered(),
    ModelReachable(),
    OneEndPerWord(),
    KnownExcluded(),
    ProfileColumns(),
    ProfileIsNoMetric(),
    UniqueQuestionKeys(),
    KnownNames(),
    SetAtTheStart(),
    AdjustedOnce(),
    LookedAtLater(),
    UniqueVariants(),
    GroupingsGroup(),
    CurrencyCodes(),
    OneRatePerDay(),
    UniqueSignalKeys(),
    ClosedBraces(),
    DoesNotCloseAtOnce(),
    TouchModelsInOrder(),
    KnownTouchModels(),
    LastTouchModelTakesAll(),
    UniqueTouchRules(),
    TouchRuleReachable(),
    KnownPlayOfSignal(),
    UniquePlayKeys(),
    KnownSteps(),
    EveryStepCounts(),
    KnownPlaceholders(),
)
