"""Who a household and its nodes are: keys, ids and their textual forms."""
