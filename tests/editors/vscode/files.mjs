// A file whose three functions each hold one mistake, for scenarios that review an edit of it.

export const BEFORE = `def total(values):
    return sum(values) + 1


def mean(values):
    return total(values) * len(values)


def spread(values):
    return max(values) + min(values)
`;
