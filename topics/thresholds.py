"""What a text must hold to reach a topic's threshold: sharper than what it must hold for the query to be met."""

from topics.clauses import Clause, Costs, Every, Needs, Some, Weighted, Without, either


def most(clause: Clause) -> float:
    """Give the most points that a clause can bring."""
    match clause:
        case Weighted(points=points):
            return max(0.0, points)
        case Every(parts=parts) | Some(parts=parts):
            return sum(map(most, parts))
        case Without():
            return 0.0
    return 1.0


def needs(clause: Clause, costs: Costs, threshold: float) -> Needs:
    """Give what every text holds that meets a clause with at least so many points."""
    if threshold <= 0:
        return clause.needs(costs)
    if isinstance(clause, Every):
        others = sum(map(most, clause.parts))
        return tuple(need for part in clause.parts for need in needs(part, costs, threshold - others + most(part)))
    if isinstance(clause, Some):
        return either([part.needs(costs) for part in _kept(clause, costs, threshold)])
    return clause.needs(costs)


def _kept(clause: Some, costs: Costs, threshold: float) -> list[Clause]:
    """Leave out the commonest parts that could not reach the threshold even together."""

    def commonness(part: Clause) -> float:
        return min((need.cost for need in part.needs(costs)), default=9.0)

    kept = sorted(clause.parts, key=commonness)
    spare = threshold
    for part in kept[::-1]:
        if most(part) < spare:
            spare -= most(part)
            kept.remove(part)
    return kept
