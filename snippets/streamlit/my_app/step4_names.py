# /// script
# requires-python = ">=3.11,<3.13"
# dependencies = ["streamlit==1.67.0"]
# ///
"""What coffee should cost next year: each plan says whose it is."""

import json
from pathlib import Path

import pandas as pd
import streamlit as st

from room_sync import room

file = Path("plans.json")


@st.cache_data
def load_sales():
    sales = [
        ("North", "Espresso", 1200, 24),
        ("North", "Filter", 800, 20),
        ("South", "Espresso", 900, 24),
        ("South", "Filter", 1500, 20),
    ]
    return pd.DataFrame(sales, columns=["region", "coffee", "kilos", "price"])


def load_plans():
    return json.loads(file.read_text()) if file.exists() else []


def save(plans):
    file.write_text(json.dumps(plans))


def user_name():
    if name := st.user.get("name"):  # after st.login
        return name
    return st.text_input("Your name", "Guest", key="name", bind="query-params")


def vote(st, number):
    def count(plans):
        plans[number]["votes"] += 1
        return plans

    save(st.update("plans", count))


@room("prices")
def plan_prices(st, region, name):
    change = st.slider("Price change in %", -20, 20, 0)
    elasticity = st.number_input("Elasticity", value=1.5)

    sales = load_sales()
    sales["price"] *= 1 + change / 100
    sales["kilos"] *= 1 - elasticity * change / 100
    if region != "All":
        sales = sales[sales["region"] == region]
    revenue = (sales["price"] * sales["kilos"]).sum()
    with st.container(horizontal=True):
        st.metric("Kilos", f"{sales['kilos'].sum():,.0f}")
        st.metric("Revenue", f"{revenue:,.0f} €")

    if "plans" not in st.session_state:
        st.session_state.plans = load_plans()
    plans = st.session_state.plans
    with st.form("keep", clear_on_submit=True):
        title = st.text_input("New plan")
        if st.form_submit_button("Keep") and title:
            plans.append({"title": title, "change": change, "votes": 0, "by": name})
            save(plans)
    for number, plan in enumerate(plans):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Vote", key=f"vote {number}", on_click=vote, args=[st, number])
            title = f"{plan['title']} ({plan.get('by', 'Guest')})"
            st.text(f"{title}: {plan['change']:+} %, {plan['votes']} for it")


st.set_page_config("Coffee prices")
st.title("Coffee prices")
name = user_name()
region = st.radio("Region", ["All", "North", "South"], horizontal=True)
plan_prices(region, name)
